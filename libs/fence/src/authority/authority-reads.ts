import { type FenceRecordState, pointersOf, tags } from '@app/domain';
import type { RecordReader } from './authority-log.js';
import type { ChangesFeed } from './changes-feed.js';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import type { FenceRecord, RecordsAnswer, RecordsQuestion } from '../protocol/messages.js';

type Answered = Pick<RecordsAnswer, 'resolved' | 'records'>;
type ResolvedDigest = RecordsAnswer['resolved'][number];

/** One read of everything a question needs; every name is read once. */
class Reading {
  readonly #reader: RecordReader;
  readonly #reads = new Map<string, Promise<FenceRecordState | null>>();
  readonly #digestOf = new Map<string, string>();
  readonly #states = new Map<string, FenceRecordState>();

  constructor(reader: RecordReader) {
    this.#reader = reader;
  }

  /** Null if it cannot be decided. */
  async digest(digest: string): Promise<ResolvedDigest | null> {
    const name = await this.#reader.resolveDigest(digest);
    if (name === null) return { digest, name };
    this.#digestOf.set(name, digest);
    return (await this.#hasVerdict(name)) ? { digest, name } : null;
  }

  /** Null if, as far as this replica knows, nothing has this name. */
  name(name: string): Promise<FenceRecordState | null> {
    const running = this.#reads.get(name);
    if (running !== undefined) return running;
    const read = this.#reader.read(name).then((state) => {
      if (state !== null) this.#states.set(name, state);
      return state;
    });
    this.#reads.set(name, read);
    return read;
  }

  readNames(): { has(name: string): boolean } {
    return this.#reads;
  }

  records(asOf: number): FenceRecord[] {
    return [...this.#states].map(([name, state]) => {
      const digest = this.#digestOf.get(name);
      return digest === undefined ? { name, state, asOf } : { name, state, asOf, digest };
    });
  }

  /**
   * Reads everything that the verdict depends on. An entity that a record points at was created before it: if it is not found, that is unknown, never
   * "it does not exist", so such a digest is left out of the answer.
   */
  async #hasVerdict(rootName: string): Promise<boolean> {
    const root = await this.name(rootName);
    if (root === null) return false;
    const pointers = await Promise.all(pointersOf(root).map((name) => this.name(name)));
    const user = root.kind === 'key' && root.userId !== null ? await this.name(tags.user(root.userId)) : null;
    const memberOrgs = await Promise.all((user === null ? [] : pointersOf(user)).map((name) => this.name(name)));
    return !pointers.includes(null) && !memberOrgs.includes(null);
  }
}

const ATTEMPTS = 10;

/**
 * Reads all records of the question as they were at one position. That position is the one applied here BEFORE the first read:
 * taken later, a change in between would be claimed but missing (mutant "asOf newer than the state").
 */
export const readRecords = async (
  log: { readonly head: { readonly pos: number } },
  feed: ChangesFeed,
  reader: RecordReader,
  question: RecordsQuestion,
): Promise<Answered> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const asOf = log.head.pos;
    const reading = new Reading(reader);
    const [resolved] = await Promise.all([
      Promise.all(question.digests.map((digest) => reading.digest(digest))),
      Promise.all(question.names.map((name) => reading.name(name))),
    ]);
    // Something changed during the read: the parts may be from different moments, and a verdict over them from no moment at all.
    const torn = asOf < feed.floor || feed.touchedSince(asOf, reading.readNames());
    if (!torn) return { resolved: resolved.filter((one) => one !== null), records: reading.records(asOf) };
  }
  throw new FenceUnavailable('what was asked for changes faster than it can be read');
};
