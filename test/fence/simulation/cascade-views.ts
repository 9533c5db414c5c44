import type { ApiKeyState, BackendKeyState } from '@app/domain';
import { Cascade, KeysProjection } from '@app/keys';
import type { CommandRunner, LogTail } from '@app/log';
import type { EntityStates } from '@app/platform';
import { type Clock, type EventLog, KeyViews, type Page, type PrincipalKeysQuery, ViewStore } from '@app/ports';
import { RecordInvalidations } from '@app/keys/cascade/record-invalidations.js';
import type { Truth } from './truth.js';

interface CascadeParts {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly tail: LogTail;
  readonly runner: CommandRunner;
  readonly states: EntityStates;
}

/** The cascade as the product composes it; its read model is the fold of the log up to what this replica has applied. */
export const cascadeOf = (truth: Truth, positions: CascadePositions, { clock, log, tail, runner, states }: CascadeParts): Cascade => {
  const projection = new FoldedProjection(positions, log, tail, clock);
  const endKeys = new RecordInvalidations(runner, tail, projection, new FoldedKeyViews(truth, tail), states, clock);
  return new Cascade(log, tail, positions, endKeys, clock);
};

/** Survives the kills of its replica, as the file with the read models does. */
export class CascadePositions extends ViewStore {
  readonly #positions = new Map<string, number>();

  position(projection: string): Promise<number> {
    return Promise.resolve(this.#positions.get(projection) ?? 0);
  }
  load(): Promise<ReadonlyMap<string, never>> {
    return Promise.resolve(new Map<string, never>());
  }
  save(projection: string, _version: number, uptoPos: number): Promise<void> {
    this.#positions.set(projection, uptoPos);
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

class FoldedProjection extends KeysProjection {
  readonly #tail: LogTail;

  constructor(views: ViewStore, log: EventLog, tail: LogTail, clock: Clock) {
    super(views, log, tail, clock);
    this.#tail = tail;
  }

  override waitFor(pos: number, deadlineMs: number): Promise<void> {
    return this.#tail.waitFor(pos, deadlineMs);
  }
}

const isUnder = (key: ApiKeyState, principal: PrincipalKeysQuery['principal']): boolean => {
  if ('userId' in principal) return key.userId === principal.userId;
  if ('creatorId' in principal) return key.creatorId === principal.creatorId;
  return key.orgId === principal.orgId;
};

class FoldedKeyViews extends KeyViews {
  readonly #truth: Truth;
  readonly #tail: LogTail;

  constructor(truth: Truth, tail: LogTail) {
    super();
    this.#truth = truth;
    this.#tail = tail;
  }

  keysOfPrincipal({ principal, beforePos, after, limit }: PrincipalKeysQuery): Promise<readonly ApiKeyState[]> {
    const found = this.#truth
      .keysAt(this.#tail.applied)
      .filter((key) => key.issuedPos < beforePos && isUnder(key, principal) && (after === null || key.issuedPos > after.issuedPos));
    return Promise.resolve(found.toSorted((left, right) => left.issuedPos - right.issuedPos).slice(0, limit));
  }

  keyById(): Promise<null> {
    return Promise.resolve(null);
  }
  organizationKeys(): Promise<never> {
    throw new Error('No cascade asks for the list of an organization.');
  }
  queryKeys(): Promise<Page<ApiKeyState>> {
    return Promise.resolve({ rows: [], total: 0 });
  }
  backendKeys(): Promise<readonly BackendKeyState[]> {
    return Promise.resolve([]);
  }
}
