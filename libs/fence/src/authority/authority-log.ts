import type { DomainEvent, FenceRecordState, RegistryState } from '@app/domain';

/** A commit as the tail reports it once it is applied. */
export interface AppliedCommit {
  readonly pos: number;
  readonly events: readonly DomainEvent[];
}

/** What the authority needs of the log. The composition adapts the tail, the event log and the command runner to it. */
export interface AuthorityLog {
  /** The last commit applied in this process, its hash and its time; position 0, 64 zeros and 0 before the first. */
  readonly head: { readonly pos: number; readonly hash: string; readonly at: number };
  /** A probe of the store that starts AFTER the call, and is applied here when it returns. Never one that is already running. */
  probe(): Promise<number>;
  /** Resolves when `pos` is applied here; rejects if that takes longer than `deadlineMs`. */
  waitFor(pos: number, deadlineMs: number): Promise<void>;
  /** Hash of the commit at `pos`, the same 64 zeros for position 0; null if the log has no commit there. */
  hashAt(pos: number): Promise<string | null>;
  /** Called synchronously in the step that applies a commit, in log order. Returns a function that stops it. */
  onApply(listener: (commit: AppliedCommit) => void): () => void;
  /** Up to `limit` commits at or before `pos`, newest first, decoded. */
  readBack(pos: number, limit: number): Promise<readonly AppliedCommit[]>;
  /** The folded registry, complete up to `pos` and not beyond it. */
  registryAt(pos: number): Promise<RegistryState>;
  /** Runs `decide` on the current registry and appends what it returns; the same `commandId` appends at most once. */
  append(commandId: string, decide: (registry: RegistryState) => readonly DomainEvent[]): Promise<void>;
}

/**
 * Reads the folded states of this replica. Each is complete up to what was applied when the read began, and when the read resolves
 * nothing in it is newer than what is applied by then: a state loaded ahead of the tail waits for the tail, or the authority could
 * not see that two parts of one verdict are from different moments.
 */
export interface RecordReader {
  /** Name of the key or backend key whose token has this digest (every pepper is tried), or null. */
  resolveDigest(digest: string): Promise<string | null>;
  read(name: string): Promise<FenceRecordState | null>;
}
