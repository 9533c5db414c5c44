import { EventLog } from '@app/ports';
import type { Commit, LogProblem } from '@app/ports';
import type { mongo } from 'mongoose';
import { CausalReads } from './causal-reads.js';
import { idAt, toCommit, toDocument } from './commit-document.js';
import type { CommitDocument } from './commit-document.js';
import { inTime, LONG_MS, PATIENT } from './in-time.js';
import { storedBeforeTaken } from './insert-outcome.js';
import type { MongoLink } from './mongo-link.js';

const COLLECTION = 'log';
/** How many positions are read one by one, and how many at once, before the rest is read as a range. */
const POINT_READS = [1, 4, 16] as const;
const RANGE_PAGE = 250;
const TAGGED_PAGE = 1_000;
const LAST_POS = 10 ** 16 - 1;

/**
 * The log in one collection: documents are inserted and read, never changed. It needs a replica set (one member is enough), because what a
 * majority has is what counts. Two reads make every answer linearizable: a point read is by itself, and whatever else is read is either
 * followed by one, or asks for a state not older than the newest that this process has seen.
 */
export class MongoEventLog extends EventLog {
  readonly #collection: mongo.Collection<CommitDocument>;
  readonly #causal: CausalReads;
  readonly #deadlineMs: number;

  constructor({ record, deadlineMs }: MongoLink) {
    super();
    // mongoose wraps collections in one that buffers; the log wants the driver's.
    this.#collection = record.getClient().db(record.name).collection<CommitDocument>(COLLECTION);
    this.#causal = new CausalReads(record.getClient());
    this.#deadlineMs = deadlineMs;
  }

  async insert(commits: readonly Commit[]): Promise<number> {
    if (commits.length === 0) return 0;
    refuseHoles(commits);
    const writeConcern = { w: 'majority', journal: true, wtimeoutMS: this.#deadlineMs } as const;
    try {
      await inTime(this.#deadlineMs, () =>
        this.#causal.remembered((session) =>
          this.#collection.insertMany(commits.map(toDocument), { ordered: true, session, writeConcern, maxTimeMS: this.#deadlineMs }),
        ),
      );
    } catch (error) {
      return storedBeforeTaken(error);
    }
    return commits.length;
  }

  async readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    const commits: Commit[] = [];
    for (const most of POINT_READS) {
      const asked = Math.min(most, limit - commits.length);
      const found = await inTime(this.#deadlineMs, (signal) => this.#pointReads(fromPos + commits.length, asked, signal));
      commits.push(...found);
      // The first that is missing was asked for by a linearizable read: there the log ended.
      if (found.length < asked || commits.length === limit) return commits;
    }
    while (commits.length < limit) {
      const found = await this.#page(fromPos + commits.length, Math.min(RANGE_PAGE, limit - commits.length));
      commits.push(...found);
      if (found.length === 0) return commits;
    }
    return commits;
  }

  readBack(pos: number, limit: number): Promise<readonly Commit[]> {
    const upTo = { _id: { $lte: idAt(Math.min(pos, LAST_POS)) } };
    return inTime(this.#deadlineMs, (signal) => this.#find(upTo, { _id: -1 }, limit, signal));
  }

  /** Each page has a deadline, because the history of an organization may have any length. Later pages can only have seen more. */
  async readTagged(tag: string, uptoPos = LAST_POS): Promise<readonly Commit[]> {
    const commits: Commit[] = [];
    for (let after = ''; ;) {
      const tagged = { tags: tag, _id: { $gt: after, $lte: idAt(Math.min(uptoPos, LAST_POS)) } };
      const page = await inTime(this.#deadlineMs, (signal) => this.#find(tagged, { _id: 1 }, TAGGED_PAGE, signal));
      commits.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < TAGGED_PAGE) return commits;
      after = idAt(last.pos);
    }
  }

  /** A majority read may be behind by what was stored a moment ago, by the count of a member that no longer leads: the rest is read singly. */
  readHead(): Promise<Commit | null> {
    return inTime(this.#deadlineMs, async (signal) => {
      // Reads all documents: one whose _id is not a position sorts after all the others, and is reported here instead of passed over.
      let [newest] = await this.#find({}, { _id: -1 }, 1, signal);
      for (;;) {
        const [next] = await this.#pointReads((newest?.pos ?? 0) + 1, 1, signal);
        if (next === undefined) return newest ?? null;
        newest = next;
      }
    });
  }

  /**
   * The server keeps the index of tags by itself, out of the commits. What is checked instead is what reading by position cannot tell from
   * the log's end: a commit that is missing before others that are there.
   */
  async checkIndex(): Promise<LogProblem | null> {
    const newest = (await this.readHead())?.pos ?? 0;
    if ((await this.#countUpTo(newest)) === newest) return null;
    let [whole, broken] = [0, newest];
    while (broken - whole > 1) {
      const middle = Math.floor((whole + broken) / 2);
      if ((await this.#countUpTo(middle)) === middle) whole = middle;
      else broken = middle;
    }
    return { pos: broken, problem: `it is missing, and the log goes on to ${newest}` };
  }

  /** Does nothing: the code that opened the connection closes it. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #countUpTo(pos: number): Promise<number> {
    return inTime(LONG_MS, (signal) =>
      this.#causal.afterAllSeen((session) =>
        this.#collection.countDocuments({ _id: { $lte: idAt(pos) } }, { ...PATIENT, session, signal, readConcern: { level: 'majority' } }),
      ),
    );
  }

  /** Up to the first position that is missing. */
  async #pointReads(fromPos: number, count: number, signal: AbortSignal): Promise<readonly Commit[]> {
    const documents = await Promise.all(Array.from({ length: count }, (_, index) => this.#pointRead(fromPos + index, signal)));
    const missing = documents.indexOf(null);
    return documents.slice(0, missing === -1 ? count : missing).flatMap((document) => (document === null ? [] : toCommit(document)));
  }

  #pointRead(pos: number, signal: AbortSignal): Promise<mongo.Document | null> {
    return this.#causal.remembered((session) =>
      this.#collection.findOne<mongo.Document>({ _id: idAt(pos) }, { session, signal, readConcern: { level: 'linearizable' }, maxTimeMS: this.#deadlineMs }),
    );
  }

  /** Null if the log ended there. Each read has a deadline, because commits may have some hundred kilobytes. */
  #page(fromPos: number, limit: number): Promise<readonly Commit[]> {
    return inTime(this.#deadlineMs, async (signal) => {
      const found = await this.#find({ _id: { $gte: idAt(fromPos) } }, { _id: 1 }, limit, signal);
      return found.length > 0 ? found : this.#pointReads(fromPos, 1, signal);
    });
  }

  async #find(filter: mongo.Filter<CommitDocument>, sort: Readonly<Record<string, 1 | -1>>, limit: number, signal: AbortSignal): Promise<readonly Commit[]> {
    const documents = await this.#causal.afterAllSeen((session) =>
      this.#collection
        .find<mongo.Document>(filter, { session, signal, sort, limit, readConcern: { level: 'majority' }, maxTimeMS: this.#deadlineMs })
        .toArray(),
    );
    return documents.map(toCommit);
  }
}

/** Checks the batch alone; its writer has read that it continues the log. The store itself would accept any position. */
function refuseHoles(commits: readonly Commit[]): void {
  for (const [index, { pos }] of commits.entries()) {
    const before = commits[index - 1]?.pos ?? pos - 1;
    if (pos > before + 1) throw new Error(`A commit at ${pos} would leave a hole in the log: its next position is ${before + 1}.`);
  }
}
