import type { FenceRecordState } from '@app/domain';
import type { ResolvedRecords } from './verdict-join.js';

/** What a validation answers, made once. */
export interface PreparedAnswer {
  /** One character a byte: as text it can be written together with the head. */
  readonly latin1: string;
  /** The value of Content-Length. */
  readonly byteLength: string;
}

/**
 * A record in a node's memory. `state` never changes: a change makes the record dead, and another takes its place. Others point
 * at it, so whoever removes it from the map marks it dead in the same step.
 */
export class CachedRecord {
  readonly name: string;
  readonly state: FenceRecordState;
  readonly asOf: number;
  /** Of keys and backend keys that were asked for by digest. */
  digest: string | null;
  dead = false;
  /** The other records of the verdict, and the verdict's records joined; both or neither. A hit is valid only while none is dead. */
  pointers: readonly CachedRecord[] | null = null;
  verdict: ResolvedRecords | null = null;
  /** The newest `asOf` of a verdict whose records are of different positions; 0 when all are of one. */
  mixedUpTo = 0;
  /**
   * The answer's bytes, for the validate route. To be set only in the synchronous block of the `hit` that returned this record:
   * after an await they may be made of records that have been replaced.
   */
  answer: PreparedAnswer | null = null;
  /** For the caller, to count usage without another look-up. Gone with the record. */
  slot: unknown = null;
  /** The lease period in which the record was last used. */
  usedIn = 0;

  constructor(name: string, state: FenceRecordState, asOf: number, digest: string | null) {
    this.name = name;
    this.state = state;
    this.asOf = asOf;
    this.digest = digest;
  }
}

/** A record whose verdict is joined. */
export type LinkedRecord = CachedRecord & { readonly verdict: ResolvedRecords; readonly pointers: readonly CachedRecord[] };

export const isLinked = (record: CachedRecord): record is LinkedRecord => record.verdict !== null && record.pointers !== null;
