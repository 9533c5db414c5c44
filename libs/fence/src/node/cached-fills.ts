import { pointersOf, tags } from '@app/domain';
import type { CachedValue, SharedCache } from '@app/ports';
import type { FenceRecord } from '../protocol/messages.js';
import type { RecordMap } from './record-map.js';
import { type AskedFor, SealedRecords } from './sealed-records.js';
import type { Wanted } from './tick-batch.js';

/** Shared between the nodes of a deployment. */
export interface NodeCache {
  readonly store: SharedCache;
  /** 32 bytes, the same for all nodes. */
  readonly secret: Buffer;
}

export interface CachedFillsOptions {
  readonly cache: NodeCache;
  readonly records: RecordMap;
  /** Hash of the first commit; null before the first join, when the node does not know which log this is. */
  readonly logHash: () => string | null;
}

/** A verdict needs a key, its principals, and the organizations of its user: each round finds the records that the previous round points at. */
const ROUNDS = 3;
const TTL_MS = 3_600_000;

const NOTHING: Wanted = { digests: [], names: [] };

/**
 * Fills from the shared cache. Its values enter memory through `put` like all others, and a missing value proves
 * nothing: the node then asks the authority.
 */
export class CachedFills {
  readonly #options: CachedFillsOptions;
  readonly #sealed: SealedRecords;
  hits = 0;
  misses = 0;
  /** Values that were not a record of what was asked for. */
  refused = 0;

  constructor(options: CachedFillsOptions) {
    this.#options = options;
    this.#sealed = new SealedRecords(options.cache.secret);
  }

  /** Puts into memory what the cache has of the question, and returns what memory still lacks. Never rejects. */
  async fill(wanted: Wanted): Promise<Wanted> {
    const logHash = this.#options.logHash();
    if (logHash === null) return wanted;
    const asked = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const lacking = this.#lackingOf(wanted, asked);
      if (lacking.length === 0) break;
      await this.#read(lacking, logHash);
    }
    return this.#stillWanted(wanted);
  }

  /** No caller awaits it. */
  write(records: readonly FenceRecord[]): void {
    const logHash = this.#options.logHash();
    if (logHash === null || records.length === 0) return;
    void this.#options.cache.store.write(
      records.map((record) => this.#valueOf(record, logHash)),
      TTL_MS,
    );
  }

  /** A key is stored under its token's digest: nothing points at keys, so no look-up by name is needed once the digest is known. */
  #valueOf(record: FenceRecord, logHash: string): CachedValue {
    const place = this.#sealed.placeOf(record.digest === undefined ? { name: record.name } : { digest: record.digest });
    return { place, value: this.#sealed.seal(place, logHash, record) };
  }

  async #read(lacking: readonly AskedFor[], logHash: string): Promise<void> {
    const places = lacking.map((asked) => this.#sealed.placeOf(asked));
    const values = await this.#options.cache.store.read(places);
    for (const [index, asked] of lacking.entries()) {
      const value = values[index] ?? null;
      const place = places[index];
      if (value === null || place === undefined) {
        this.misses += 1;
        continue;
      }
      const record = this.#sealed.open(place, logHash, asked, value);
      if (record === null) this.refused += 1;
      else this.#take(record);
    }
  }

  #take(record: FenceRecord): void {
    this.hits += 1;
    this.#options.records.put(record);
  }

  /** The names not yet asked for: a record that `put` refused would be refused again. */
  #lackingOf(wanted: Wanted, asked: Set<string>): readonly AskedFor[] {
    const lacking: AskedFor[] = [];
    const want = (one: AskedFor, id: string): void => {
      if (asked.has(id)) return;
      asked.add(id);
      lacking.push(one);
    };
    for (const digest of wanted.digests) {
      const names = this.#namesLackedBy(digest);
      if (names === null) want({ digest }, `digest ${digest}`);
      for (const name of names ?? []) want({ name }, name);
    }
    for (const name of wanted.names) if (!this.#has(name)) want({ name }, name);
    return lacking;
  }

  /** Asks for the whole verdict again if a part is missing: the authority returns all of its records at one position. */
  #stillWanted(wanted: Wanted): Wanted {
    const digests = wanted.digests.filter((digest) => this.#namesLackedBy(digest)?.length !== 0);
    const names = wanted.names.filter((name) => !this.#has(name));
    return digests.length + names.length === 0 ? NOTHING : { digests, names };
  }

  /** The names that the verdict on the digest rests on, as far as they are known and not in memory; null if the record of the digest itself is unknown. */
  #namesLackedBy(digest: string): readonly string[] | null {
    const { records } = this.#options;
    const root = records.byDigest(digest)?.state;
    if (root === undefined) return null;
    const user = root.kind === 'key' && root.userId !== null ? records.byName(tags.user(root.userId))?.state : undefined;
    return [...pointersOf(root), ...(user === undefined ? [] : pointersOf(user))].filter((name) => !this.#has(name));
  }

  #has(name: string): boolean {
    return this.#options.records.byName(name) !== undefined;
  }
}
