import { Inject, Injectable } from '@nestjs/common';
import {
  type ApiKeyState,
  type Cause,
  type CausePrincipal,
  decideInvalidateKeys,
  decideReinstateKeys,
  type DomainEvent,
  isAffectedBy,
  principalsOf,
  tags,
} from '@app/domain';
import { CommandRunner, eventLoopTurn, LogTail, yieldToForeground } from '@app/log';
import { EntityStates } from '@app/platform';
import { Clock, type IssuedPlace, KeyViews, type PrincipalKeysQuery } from '@app/ports';
import { KeysProjection } from '../projection/keys-projection.js';

/** Keys per commit. A waiting command is never delayed by more than one of these. */
export const CHUNK_KEYS = 500;
/** How long to wait for a busy log or a read model that is behind; the cause is retried after it. */
const WAIT_MS = 60_000;

/** What has been done about a cause so far. */
export interface CauseProgress {
  keysExamined: number;
  keysRecorded: number;
}

/**
 * Writes down what one cause has done to its keys, page by page in the order in which they were issued. Idempotent: the pages follow
 * from the log alone (keys issued before the cause under a principal), so every replica and every run after a kill makes the same commands.
 */
@Injectable()
export class RecordInvalidations {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(KeysProjection) private readonly projection: KeysProjection,
    @Inject(KeyViews) private readonly views: KeyViews,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Resolves when every event is durable and applied here; stops between two chunks when `ended` aborts. */
  async run(cause: Cause, progress: CauseProgress, ended: AbortSignal): Promise<void> {
    // Not only the cause's position: chunks of earlier causes are applied here, and their events decide what is left to do.
    await this.projection.waitFor(Math.max(cause.pos, this.tail.applied), WAIT_MS);
    const environmentId = await this.#environmentOf(cause);
    const done: CausePrincipal[] = [];
    for (const principal of principalsOf(cause)) {
      await this.#endKeysOf(cause, { environmentId, principal, beforePos: cause.pos }, done, progress, ended);
      done.push(principal);
    }
  }

  async #endKeysOf(
    cause: Cause,
    of: Pick<PrincipalKeysQuery, 'environmentId' | 'principal' | 'beforePos'>,
    done: readonly CausePrincipal[],
    progress: CauseProgress,
    ended: AbortSignal,
  ): Promise<void> {
    for (let after: IssuedPlace | null = null; ;) {
      ended.throwIfAborted();
      const startedAtMono = this.clock.mono();
      const page: readonly ApiKeyState[] = await this.views.keysOfPrincipal({ ...of, after, limit: CHUNK_KEYS });
      const last = page.at(-1);
      if (last === undefined) return;
      // A key under two principals (its user created it) was handled with the first: one event per cause and key.
      const keys = page.filter((key) => !done.some((earlier) => isUnder(key, earlier)) && isLeftToRecord(cause, key)).map(({ keyId }) => keyId);
      await this.#record(cause, of.principal, last.keyId, keys);
      progress.keysExamined += page.length;
      progress.keysRecorded += keys.length;
      if (page.length < CHUNK_KEYS) return;
      after = last;
      // Pages with nothing to record would otherwise follow each other in one turn of the event loop.
      await eventLoopTurn();
      // The rows follow the log by themselves; waited for here, so that their work is counted and they do not fall behind.
      await this.projection.waitFor(this.tail.applied, WAIT_MS);
      await yieldToForeground(this.clock, this.clock.mono() - startedAtMono, ended);
    }
  }

  async #record(cause: Cause, principal: CausePrincipal, lastKeyId: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const events = eventsOf(cause, keys);
    // The id names the page, not the rest of it: a second replica or a repeated run finds the page in the log.
    const commandId = `cascade-${cause.pos}-${Object.keys(principal).join()}-${lastKeyId}`;
    const { pos } = await this.runner.run({ commandId, actor: 'system', background: true, deadlineMs: WAIT_MS, decide: () => events });
    await this.tail.waitFor(pos, WAIT_MS);
  }

  async #environmentOf(cause: Cause): Promise<string> {
    const principal =
      cause.kind === 'organization.deleted' ? await this.states.load('org-', tags.org(cause.orgId)) : await this.states.load('user-', tags.user(cause.userId));
    if (principal === null) throw new Error(`The log has no beginning of what position ${cause.pos} is about.`);
    return principal.environmentId;
  }
}

const isUnder = (key: ApiKeyState, principal: CausePrincipal): boolean => {
  if ('userId' in principal) return key.userId === principal.userId;
  if ('creatorId' in principal) return key.creatorId === principal.creatorId;
  return key.orgId === principal.orgId;
};

/** The keys of the cause that the rows do not show as invalidated yet. Rows show only what is in the log. */
const isLeftToRecord = (cause: Cause, key: ApiKeyState): boolean =>
  isAffectedBy(cause, key) && (cause.kind === 'user.unblocked' ? key.invalidatedBy.includes(cause.blockedPos) : !key.invalidatedBy.includes(cause.pos));

const eventsOf = (cause: Cause, keys: readonly string[]): readonly DomainEvent[] =>
  cause.kind === 'user.unblocked'
    ? decideReinstateKeys({ causePos: cause.pos, invalidatedBy: cause.blockedPos, keys })
    : decideInvalidateKeys({ cause: cause.kind, causePos: cause.pos, keys });
