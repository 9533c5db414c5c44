import { SqliteEventLog } from '@app/adapters/sqlite';
import { type DomainEvent, type Fold, foldFor, tags } from '@app/domain';
import { chainHash, type DecodedCommit, decodeCommit, FIRST_PREV } from '@app/log';
import type { EventLog, ViewName } from '@app/ports';
import { createdBy } from './crash-attempts.js';

const PAGE = 1_000;

/** What an entity has become with the commit at `pos`. */
export interface FoldedAt {
  readonly pos: number;
  readonly state: unknown;
}

interface Followed {
  readonly view: ViewName;
  readonly prefix: string;
  readonly fold: (tag: string) => Fold<unknown>;
}

const FOLLOWED: readonly Followed[] = [
  { view: 'users', prefix: tags.user(''), fold: (tag) => folded(foldFor('user-', tag)) },
  { view: 'organizations', prefix: tags.org(''), fold: (tag) => folded(foldFor('org-', tag)) },
  { view: 'apiKeys', prefix: tags.key(''), fold: (tag) => folded(foldFor('key-', tag)) },
  { view: 'backendKeys', prefix: tags.backendKey(''), fold: (tag) => folded(foldFor('backendkey-', tag)) },
  { view: 'environments', prefix: tags.env(''), fold: (tag) => folded(foldFor('env-', tag)) },
];
const folded = <State>(fold: Fold<State>): Fold<unknown> => ({
  initial: fold.initial,
  evolve: (state, event, placed) => fold.evolve(state as State, event, placed),
});

/** The log as it was read so far, folded by the domain's folds alone: none of the product's caches, tails or projections is asked. */
export class LogBook {
  readonly commits: DecodedCommit[] = [];
  /** By tag: what has happened to a user, an organization or a key by a command. */
  readonly facts = new Map<string, string[]>();
  /** By view and id: the states of every entity, oldest first. */
  readonly states = new Map<ViewName, Map<string, FoldedAt[]>>(FOLLOWED.map(({ view }) => [view, new Map()]));
  readonly #commandIds = new Set<string>();
  #head = { pos: 0, hash: FIRST_PREV };

  get headPos(): number {
    return this.#head.pos;
  }

  /** Reads on in a file that no process writes. Throws when the log does not go on from what was read before. */
  async readOn(path: string): Promise<void> {
    const log = SqliteEventLog.open(path, { readOnly: true });
    try {
      await this.#checkKnownHead(log);
      for (;;) {
        const page = await log.readFrom(this.headPos + 1, PAGE);
        for (const commit of page) this.#take(decodeCommit(commit));
        if (page.length < PAGE) break;
      }
      await this.#checkNewestTags(log);
    } finally {
      await log.close();
    }
  }

  /** The tag that a command's creation is found under; null while no command of this id is in the log. */
  madeBy(fact: string): { readonly tag: string; readonly id: string } | null {
    for (const [tag, [first]] of this.facts) if (first === fact) return { tag, id: tag.slice(tag.indexOf('-') + 1) };
    return null;
  }

  async #checkKnownHead(log: EventLog): Promise<void> {
    if (this.headPos === 0) return;
    const [known] = await log.readFrom(this.headPos, 1);
    if (known === undefined) throw new Error(`Position ${this.headPos} was in the log, and is gone.`);
    if (chainHash(known) !== this.#head.hash) throw new Error(`Position ${this.headPos} has another content than before.`);
  }

  /** Only the newest commit can be half there: its tags are rows of their own, and without them it cannot be found. */
  async #checkNewestTags(log: EventLog): Promise<void> {
    for (const tag of this.commits.at(-1)?.tags ?? []) {
      const found = await log.readTagged(tag);
      if (found.at(-1)?.pos !== this.headPos) throw new Error(`Position ${this.headPos} is not found under its tag ${tag}.`);
    }
  }

  #take(commit: DecodedCommit): void {
    const { pos, hash, prev, commandId } = commit;
    if (pos !== this.headPos + 1) throw new Error(`After position ${this.headPos} comes ${pos}.`);
    if (prev !== this.#head.hash) throw new Error(`Position ${pos} does not continue the one before.`);
    if (this.#commandIds.has(commandId)) throw new Error(`Position ${pos} repeats the command ${commandId}.`);
    this.#commandIds.add(commandId);
    this.#head = { pos, hash };
    this.commits.push(commit);
    for (const event of commit.events) this.#note(event, commandId);
    for (const followed of FOLLOWED) this.#fold(followed, commit);
  }

  #note(event: DomainEvent, commandId: string): void {
    const noted = factOf(event, commandId);
    if (noted === null) return;
    const [tag, fact] = noted;
    const known = this.facts.get(tag);
    if (known === undefined) this.facts.set(tag, [fact]);
    else known.push(fact);
  }

  #fold({ view, prefix, fold }: Followed, commit: DecodedCommit): void {
    for (const tag of commit.tags) {
      if (!tag.startsWith(prefix)) continue;
      const id = tag.slice(prefix.length);
      const earlier = this.states.get(view)?.get(id) ?? [];
      const folding = fold(tag);
      const before = earlier.at(-1)?.state ?? folding.initial;
      const state = commit.events.reduce((known, event) => folding.evolve(known, event, commit), before);
      if (state !== before && state !== null) this.states.get(view)?.set(id, [...earlier, { pos: commit.pos, state }]);
    }
  }
}

const opOf = (changes: { readonly metadata?: unknown }): string => {
  const { metadata } = changes;
  return typeof metadata === 'object' && metadata !== null && 'op' in metadata ? String(metadata.op) : 'nothing that was asked';
};

/** What a client would call it. Null: no client's command, but what follows from one, or the fence's own. */
const factOf = (event: DomainEvent, commandId: string): readonly [tag: string, fact: string] | null => {
  switch (event.type) {
    case 'user.created.v1':
      return [tags.user(event.data.userId), createdBy(commandId)];
    case 'user.profile-changed.v1':
      return [tags.user(event.data.userId), `changed ${opOf(event.data.changes)}`];
    case 'user.blocked.v1':
      return [tags.user(event.data.userId), 'blocked'];
    case 'user.unblocked.v1':
      return [tags.user(event.data.userId), 'unblocked'];
    case 'user.deleted.v1':
      return [tags.user(event.data.userId), 'deleted'];
    case 'organization.created.v1':
      return [tags.org(event.data.orgId), createdBy(commandId)];
    case 'organization.changed.v1':
      return [tags.org(event.data.orgId), `changed ${opOf(event.data.changes)}`];
    case 'organization.deleted.v1':
      return [tags.org(event.data.orgId), 'deleted'];
    case 'membership.joined.v1':
      return [tags.user(event.data.userId), `joined ${tags.org(event.data.orgId)}`];
    case 'membership.left.v1':
      return [tags.user(event.data.userId), `left ${tags.org(event.data.orgId)}`];
    case 'api-key.issued.v1':
      return [tags.key(event.data.keyId), createdBy(commandId)];
    case 'api-key.metadata-changed.v1':
      return [tags.key(event.data.keyId), `changed ${opOf(event.data)}`];
    case 'api-key.revoked.v1':
      return [tags.key(event.data.keyId), 'revoked'];
    default:
      return null;
  }
};
