import type { EnvironmentRecord, FenceRecordState, OrganizationRecord, UserRecord } from '@app/domain';
import { type ResolvedRecords, type VerdictBasis, verdictOn } from './verdict-join.js';

/** The response of a validation, built once. */
export interface PreparedAnswer {
  /** One character per byte: as text it can be written together with the headers. */
  readonly latin1: string;
  /** The value of Content-Length. */
  readonly byteLength: string;
}

/**
 * What the verdicts on all keys of the same principals depend on, shared by those keys: one for each key would be most of the memory that a
 * key needs. Valid only while none of `pointers` is dead; after that no key finds it (`shareLink`), even if something still refers to it.
 */
export class VerdictLink implements VerdictBasis {
  /** Where everything below comes from: every record of the verdict but the root. */
  readonly pointers: readonly CachedRecord[];
  readonly environment: EnvironmentRecord;
  readonly user: UserRecord | null;
  readonly org: OrganizationRecord | null;
  readonly creator: UserRecord | null;
  readonly memberOrgs: readonly OrganizationRecord[];
  readonly oldestAsOf: number;
  readonly newestAsOf: number;
  /**
   * The answer's bytes of the keys here that have no metadata: nothing else in an answer is the key's own. To be set only in the
   * synchronous block of the `hit` that returned a record with this link.
   */
  answer: PreparedAnswer | null = null;
  /** The next of the links that the same principal holds. */
  older: VerdictLink | null = null;

  constructor(basis: VerdictBasis, pointers: readonly CachedRecord[]) {
    this.pointers = pointers;
    this.environment = basis.environment;
    this.user = basis.user;
    this.org = basis.org;
    this.creator = basis.creator;
    this.memberOrgs = basis.memberOrgs;
    const positions = pointers.map(({ asOf }) => asOf);
    this.oldestAsOf = Math.min(...positions);
    this.newestAsOf = Math.max(...positions);
  }

  get alive(): boolean {
    for (const pointer of this.pointers) if (pointer.dead) return false;
    return true;
  }
}

/**
 * A record in a node's memory. `state` never changes (only which strings its ids share): a change marks the record dead, and another
 * takes its place. Others point at it, so code that removes it from the map marks it dead in the same step.
 */
export class CachedRecord {
  readonly name: string;
  state: FenceRecordState;
  readonly asOf: number;
  /** Of keys and backend keys that were asked for by digest. */
  digest: string | null;
  dead = false;
  /** Of keys and backend keys: the rest of the verdict. A hit is valid only while no part of it is dead. */
  link: VerdictLink | null = null;
  /** Of principals: the newest of the links that are kept here to be shared. */
  links: VerdictLink | null = null;
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

  /** The verdict's records joined. Built at each call: keeping it for every key would cost memory, and building it costs almost nothing. */
  get verdict(): ResolvedRecords | null {
    return this.link === null ? null : verdictOn(this.state, this.link);
  }

  /** The newest `asOf` of a verdict whose records are of different positions; 0 when all are of one. */
  get mixedUpTo(): number {
    const { asOf, link } = this;
    if (link === null || (link.oldestAsOf === asOf && link.newestAsOf === asOf)) return 0;
    return Math.max(asOf, link.newestAsOf);
  }
}

/** A record whose verdict is joined. */
export type LinkedRecord = CachedRecord & { readonly link: VerdictLink; readonly verdict: ResolvedRecords };

export const isLinked = (record: CachedRecord): record is LinkedRecord => record.link !== null;
