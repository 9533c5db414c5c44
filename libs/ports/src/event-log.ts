/** One commit as bytes. `body` is the JSON text that the chain covers; `tags` is an index of it. */
export interface Commit {
  /** 1, 2, 3, … without a hole. Stored as 16 digits. */
  readonly pos: number;
  /** Hex SHA-256 of `prev + "\n" + id + "\n" + body` of the commit before, `id` being its 16 digits; 64 zeros for the first. */
  readonly prev: string;
  readonly tags: readonly string[];
  readonly body: string;
}

/** The store's answer was lost: the commits may or may not be there. The caller reads the position again. */
export class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super('The log did not say whether the commit was stored.', { cause });
    this.name = 'UnknownOutcome';
  }
}

/**
 * The one ordered, gap-free log. An insert at head+1 is the only concurrency primitive: no updates, no deletes, no transactions.
 * Every read is linearizable: it sees every insert that was acknowledged before the read began, by any process.
 */
export abstract class EventLog {
  /**
   * Inserts in order and stops at the first position that is taken. Resolves to how many were stored, durable by then.
   * Throws `UnknownOutcome` when the store did not answer; any other error means that nothing was stored.
   */
  abstract insert(commits: readonly Commit[]): Promise<number>;
  /** Up to `limit` commits from `fromPos` on, in order. */
  abstract readFrom(fromPos: number, limit: number): Promise<readonly Commit[]>;
  /** Up to `limit` commits before or at `pos`, newest first: the authority reads its feed back with it. */
  abstract readBack(pos: number, limit: number): Promise<readonly Commit[]>;
  /** All commits with the tag and `pos` ≤ `uptoPos`, in order. */
  abstract readTagged(tag: string, uptoPos?: number): Promise<readonly Commit[]>;
  /** The newest commit, or null for an empty log. For a process that starts; a running one follows head+1. */
  abstract readHead(): Promise<Commit | null>;
  abstract close(): Promise<void>;
}
