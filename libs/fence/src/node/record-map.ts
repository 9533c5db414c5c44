import { LRUCache } from 'lru-cache';
import { CachedRecord, isLinked, type LinkedRecord } from './cached-record.js';
import { LastChanges } from './last-changes.js';
import { contradictionOf } from './record-contradiction.js';
import type { FenceChange, FenceRecord } from '../protocol/messages.js';
import { shareLink, withIdsOf } from './share-link.js';
import { joinBasis } from './verdict-join.js';

export type PutRefusal = 'belowFloor' | 'olderThanChange';

/** The records of one node, by name and by digest, and the changes that it knows of. Nothing here is asynchronous. */
export class RecordMap {
  readonly putRefused: Record<PutRefusal, number> = { belowFloor: 0, olderThanChange: 0 };
  readonly #broken: (why: string) => never;
  readonly #lastChanges: LastChanges;
  readonly #byName: LRUCache<string, CachedRecord>;
  readonly #byDigest = new Map<string, CachedRecord>();
  /** Counts lease periods: a record moves up in the LRU once per period, not at every hit. */
  #period = 1;

  /** `broken`: memory contradicts itself; the process must exit. */
  constructor(cacheKeys: number, lastChangeNames: number, broken: (why: string) => never) {
    this.#broken = broken;
    this.#lastChanges = new LastChanges(lastChangeNames);
    this.#byName = new LRUCache({ max: cacheKeys, dispose: (record) => this.#left(record) });
  }

  get floor(): number {
    return this.#lastChanges.floor;
  }

  get size(): number {
    return this.#byName.size;
  }

  byDigest(digest: string): CachedRecord | undefined {
    return this.#byDigest.get(digest);
  }

  byName(name: string): CachedRecord | undefined {
    return this.#byName.get(name);
  }

  /** `lastChange` moves first, so that a pending fill that is older than the change is refused when it arrives. */
  apply(change: FenceChange): void {
    for (const name of change.names) {
      this.#lastChanges.note(name, change.pos);
      const record = this.#byName.peek(name);
      if (record !== undefined && record.asOf < change.pos) this.#byName.delete(name);
    }
  }

  /**
   * THE one rule, for every source: a record is usable only if nothing it describes has changed after it was read (mutants "no asOf check",
   * "no floor check"). A live record of the name stays: replacing it would leave keys pointing at a record that no longer gets changes.
   */
  put(record: FenceRecord): void {
    if (record.asOf < this.#lastChanges.floor) {
      this.putRefused.belowFloor += 1;
      return;
    }
    if (this.#lastChanges.of(record.name) > record.asOf) {
      this.putRefused.olderThanChange += 1;
      return;
    }
    const live = this.#byName.get(record.name);
    if (live !== undefined) this.#assertAgrees(live, record);
    this.#index(live ?? this.#add(record), record.digest);
  }

  /**
   * The node knows nothing up to `floor`: no record may stay, and none read before it may be added. Changes known from pushes stay:
   * they are newer than some pending fills (mutant "a reset clears lastChange").
   */
  startAgainFrom(floor: number): void {
    this.clear();
    this.#lastChanges.raiseFloor(floor);
  }

  clear(): void {
    this.#byName.clear();
  }

  newPeriod(): void {
    this.#period += 1;
  }

  /** The record with its verdict joined from records in memory, none dead; null if one is missing. Synchronous, and cheap if nothing changed. */
  link(record: CachedRecord): LinkedRecord | null {
    if (isLinked(record) && record.link.alive) {
      if (record.usedIn !== this.#period) this.#used(record);
      return record;
    }
    return this.#join(record);
  }

  #assertAgrees(live: CachedRecord, record: FenceRecord): void {
    const [older, newer] = live.asOf <= record.asOf ? [live, record] : [record, live];
    const contradiction = contradictionOf(older.state, newer.state);
    if (contradiction !== null) this.#broken(`${record.name} ${contradiction} between ${older.asOf} and ${newer.asOf}.`);
  }

  #add(record: FenceRecord): CachedRecord {
    const added = new CachedRecord(record.name, record.state, record.asOf, null);
    this.#byName.set(record.name, added);
    return added;
  }

  /** A token's digest never moves to another name, so it may be added to an existing record. */
  #index(record: CachedRecord, digest: string | undefined): void {
    if (digest === undefined || record.digest === digest || record.dead) return;
    const holder = this.#byDigest.get(digest);
    if (holder !== undefined && holder.name !== record.name) this.#broken(`A token of ${holder.name} was resolved to ${record.name}.`);
    if (record.digest !== null) this.#byDigest.delete(record.digest);
    record.digest = digest;
    this.#byDigest.set(digest, record);
  }

  /** Looks the pointers up by name: one that died may have been read again meanwhile. */
  #join(record: CachedRecord): LinkedRecord | null {
    const pointers: CachedRecord[] = [];
    record.answer = null;
    const basis = joinBasis(record.state, (name) => {
      const pointer = this.#byName.get(name);
      if (pointer !== undefined) pointers.push(pointer);
      return pointer?.state;
    });
    record.link = basis === null ? null : shareLink(basis, pointers);
    if (basis !== null) record.state = withIdsOf(record.state, basis);
    this.#used(record);
    return isLinked(record) ? record : null;
  }

  #used(record: CachedRecord): void {
    record.usedIn = this.#period;
    this.#byName.get(record.name);
    for (const pointer of record.link?.pointers ?? []) {
      if (pointer.usedIn === this.#period) continue;
      pointer.usedIn = this.#period;
      this.#byName.get(pointer.name);
    }
  }

  /** Called by the LRU in the same step for each record that leaves it: changed, evicted, cleared (mutant "eviction does not mark dead"). */
  #left(record: CachedRecord): void {
    record.dead = true;
    record.answer = null;
    record.link = null;
    record.links = null;
    if (record.digest !== null) this.#byDigest.delete(record.digest);
  }
}
