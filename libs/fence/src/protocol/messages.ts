import type { FenceRecordState } from '@app/domain';

/**
 * The fence's messages: plain JSON. Every question names the run of its sender (`incarnation`) and has a nonce that the reply repeats,
 * so that an adapter can seal both with an HMAC and no one can replay an old reply.
 */
export interface FenceQuestion {
  readonly incarnation: string;
  readonly nonce: string;
}
export interface FenceAnswer {
  readonly nonce: string;
}

/** A commit that changed data of validations. */
export interface FenceChange {
  readonly pos: number;
  readonly names: readonly string[];
}

/** `asOf`: the position up to which `state` is complete, taken before the first read; never a probed head. */
export interface FenceRecord {
  readonly name: string;
  readonly state: FenceRecordState;
  readonly asOf: number;
  /** For keys and backend keys that were asked for by digest. */
  readonly digest?: string;
}

export type JoinQuestion = FenceQuestion;
export interface JoinAnswer extends FenceAnswer {
  readonly leaseMs: number;
  readonly feedFloor: number;
  /** Hash of the commit at `feedFloor`: the first renewal presents it. */
  readonly hash: string;
  /** Hash of the first commit: identifies the log, for data that outlives a process (records in a shared cache). */
  readonly logHash: string;
}

export type LeaveQuestion = FenceQuestion;
export type LeaveAnswer = FenceAnswer;

export interface RenewQuestion extends FenceQuestion {
  readonly applied: number;
  readonly hash: string;
}
export interface RenewGranted extends FenceAnswer {
  readonly kind: 'granted';
  readonly now: number;
  readonly head: number;
  readonly headHash: string;
  readonly changes: readonly FenceChange[];
  /** There is more to come: `head` is the last change sent, and this answer carries no lease. */
  readonly more?: true;
  /** The node is older than the feed: it starts again from `floor`. */
  readonly reset?: { readonly floor: number };
}
/** This run may not hold a lease any more: it starts again under a new `incarnation`. */
export interface RenewRefused extends FenceAnswer {
  readonly kind: 'refused';
}
/** The node has seen a log that is not this one (a store restored from a backup): it must not continue. */
export interface RenewAnotherHistory extends FenceAnswer {
  readonly kind: 'another-history';
}
export type RenewAnswer = RenewGranted | RenewRefused | RenewAnotherHistory;

export interface RecordsQuestion extends FenceQuestion {
  readonly digests: readonly string[];
  readonly names: readonly string[];
}
/** `records`: for each digest all records of its verdict, for each name its own; all as they were at one position. */
export interface RecordsAnswer extends FenceAnswer {
  readonly now: number;
  /** `name` is null if nothing was ever created with the digest, as far as this replica knows. A digest left out is undecided. */
  readonly resolved: readonly { readonly digest: string; readonly name: string | null }[];
  readonly records: readonly FenceRecord[];
}

/** From a service that appended a change to `keys`. The reply comes when no node can answer from before `pos` any more. */
export interface BarrierQuestion extends FenceQuestion, FenceChange {}
export type BarrierAnswer = FenceAnswer;

/** Authority to every node. `nonce` names the barrier, so that an old acknowledgement cannot count for a new change. */
export interface PushMessage extends FenceChange {
  readonly nonce: string;
}
/** "Applied", by this run of a node. */
export interface AckMessage {
  readonly incarnation: string;
  readonly nonce: string;
}
