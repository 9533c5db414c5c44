/** One commit as bytes. `body` is the JSON text that the chain covers; `tags` is an index of it. */
export interface Commit {
  /** 1, 2, 3, … without a gap. Stored as 16 digits. */
  readonly pos: number;
  /** Hex SHA-256 of `prev + "\n" + id + "\n" + body` of the commit before, `id` being its 16 digits; 64 zeros for the first. */
  readonly prev: string;
  readonly tags: readonly string[];
  readonly body: string;
  /**
   * The `prev` that the next commit carries, stored beside the bytes that it is made of so that the newest commit can be checked too.
   * For that check alone: code that continues or compares a chain computes it from the bytes. Null in logs of earlier versions.
   */
  readonly hash: string | null;
}

/** The store's reply was lost: the commits may or may not be stored. The caller reads the position again. */
export class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super('The log did not say whether the commit was stored.', { cause });
    this.name = 'UnknownOutcome';
  }
}

/** A commit that no version of this program can have written, or with changed bytes. */
export class UnreadableCommit extends Error {
  readonly pos: number;

  constructor(pos: number, problem: string) {
    super(`Commit ${pos} cannot be read: ${problem}.`);
    this.name = 'UnreadableCommit';
    this.pos = pos;
  }
}

/** `pos` is the first position that is wrong or missing. */
export interface LogProblem {
  readonly pos: number;
  readonly problem: string;
}

/**
 * The one ordered, gap-free log. An insert at head+1 is the only concurrency primitive: no updates, no deletes, no transactions.
 * Every read is linearizable: it sees every insert that was acknowledged before the read began, by any process.
 * A read that meets a commit whose stored form is damaged throws, `UnreadableCommit` where the store can tell which.
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
  /**
   * The first position at which `readTagged` would miss a commit that has the tag, or find one that does not have it; null if there is no such position.
   * For a store that keeps tags in a table of its own, which can disagree with the commits. One that finds commits by their own `tags`
   * (an index that the store itself keeps) returns null. Reads the whole log: for an operator's check, not beside requests.
   */
  abstract checkIndex(): Promise<LogProblem | null>;
  abstract close(): Promise<void>;
}
