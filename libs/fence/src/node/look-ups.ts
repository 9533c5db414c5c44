import type { FenceRecordState } from '@app/domain';
import type { Clock } from '@app/ports';
import type { CachedFills } from './cached-fills.js';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import type { NodeTime } from './lease.js';
import { type LookUpCaller, LookUpPlaces } from './look-up-places.js';
import type { FenceRecord, RecordsAnswer, RecordsQuestion } from '../protocol/messages.js';
import type { RecordMap } from './record-map.js';
import { TickBatch, type Wanted } from './tick-batch.js';
import type { FenceTransport } from '../protocol/transport.js';
import { joinVerdict, type ResolvedRecords } from './verdict-join.js';

export interface LookUpsOptions {
  readonly clock: Clock;
  readonly transport: Pick<FenceTransport, 'fill' | 'strongRead' | 'fillsAreCheaper'>;
  readonly records: RecordMap;
  readonly time: NodeTime;
  readonly leased: () => boolean;
  /** The verdict from memory, under the lease, or null. */
  readonly fromMemory: (digest: string) => ResolvedRecords | null;
  readonly incarnation: () => string;
  readonly newNonce: () => string;
  /** The process must exit. */
  readonly broken: (why: string) => never;
  readonly nextTick: () => Promise<void>;
  /** Null: fills ask the authority at once. */
  readonly cached: CachedFills | null;
}

/** The slow path: asks for what memory does not have and, if that does not settle the question, makes a strong read. */
export class LookUps {
  readonly #options: LookUpsOptions;
  readonly #fills: TickBatch<void>;
  readonly #strongReads: TickBatch<StrongAnswer>;
  /** Fills under way, by digest or name. Callers may share them, unlike strong reads: `put` and the lease check their records. */
  readonly #filling = new Map<string, Promise<void>>();
  readonly #places = new LookUpPlaces();
  inFlight = 0;
  /** Answered by `FenceUnavailable`. */
  undecided = 0;
  fills = 0;
  strongReads = 0;

  constructor(options: LookUpsOptions) {
    this.#options = options;
    this.#fills = new TickBatch(options.clock, options.nextTick, (wanted, deadlineMs) => this.#sendFill(wanted, deadlineMs));
    this.#strongReads = new TickBatch(options.clock, options.nextTick, (wanted, deadlineMs) => this.#sendStrongRead(wanted, deadlineMs));
  }

  byDigests(digests: readonly string[], deadlineMs: number, caller: LookUpCaller): Promise<Map<string, ResolvedRecords | null>> {
    return this.#counted(caller, digests.join(), deadlineMs, async (untilMono) => {
      const found = new Map<string, ResolvedRecords | null>();
      let open = this.#takeFromMemory(digests, found);
      if (open.length > 0 && this.#options.transport.fillsAreCheaper && this.#options.leased()) {
        await this.#fill({ digests: open, names: [] }, untilMono);
        open = this.#takeFromMemory(open, found);
      }
      if (open.length === 0) return found;
      const answer = await this.#strongReads.ask({ digests: open, names: [] }, untilMono);
      for (const digest of open) found.set(digest, answer.verdictOn(digest));
      return found;
    });
  }

  byName(name: string, deadlineMs: number, caller: LookUpCaller): Promise<FenceRecordState | null> {
    return this.#counted(caller, name, deadlineMs, async (untilMono) => {
      if (this.#options.leased()) {
        await this.#fill({ digests: [], names: [name] }, untilMono);
        const record = this.#options.records.byName(name);
        if (record !== undefined && this.#options.leased()) return record.state;
      }
      return (await this.#strongReads.ask({ digests: [], names: [name] }, untilMono)).state(name);
    });
  }

  /** Any failure here means "cannot know": a 503, never a verdict. */
  async #counted<Result>(caller: LookUpCaller, what: string, deadlineMs: number, work: (untilMono: number) => Promise<Result>): Promise<Result> {
    const giveBack = this.#places.take(caller, what);
    this.inFlight += 1;
    try {
      if (giveBack === null) throw new FenceUnavailable('too many look-ups are under way');
      return await work(this.#options.clock.mono() + deadlineMs);
    } catch (cause) {
      this.undecided += 1;
      throw cause instanceof FenceUnavailable ? cause : new FenceUnavailable('the authority could not be asked', { cause });
    } finally {
      this.inFlight -= 1;
      giveBack?.();
    }
  }

  /** Returns what memory cannot answer. */
  #takeFromMemory(digests: readonly string[], found: Map<string, ResolvedRecords | null>): readonly string[] {
    return digests.filter((digest) => {
      const resolved = this.#options.fromMemory(digest);
      if (resolved !== null) found.set(digest, resolved);
      return resolved === null;
    });
  }

  /** Half of the remaining time, so that a lost message still leaves some for the strong read. Never rejects. */
  async #fill(wanted: Wanted, untilMono: number): Promise<void> {
    const isFresh = (one: string): boolean => !this.#filling.has(one);
    const fresh = { digests: wanted.digests.filter(isFresh), names: wanted.names.filter(isFresh) };
    if (fresh.digests.length + fresh.names.length > 0) this.#startFill(fresh, untilMono);
    const running = new Set([...wanted.digests, ...wanted.names].flatMap((one) => this.#filling.get(one) ?? []));
    await Promise.all(running);
  }

  #startFill(fresh: Wanted, untilMono: number): void {
    const nowMono = this.#options.clock.mono();
    const all = [...fresh.digests, ...fresh.names];
    const ended = (): void => all.forEach((one) => this.#filling.delete(one));
    const running = this.#fills.ask(fresh, nowMono + (untilMono - nowMono) / 2).then(ended, ended);
    for (const one of all) this.#filling.set(one, running);
  }

  async #sendFill(wanted: Wanted, deadlineMs: number): Promise<void> {
    const { cached, clock, transport } = this.#options;
    const untilMono = clock.mono() + deadlineMs;
    const lacking = cached === null ? wanted : await cached.fill(wanted);
    if (lacking.digests.length + lacking.names.length === 0) return;
    const leftMs = cached === null ? deadlineMs : untilMono - clock.mono();
    if (leftMs <= 0) return;
    this.fills += 1;
    const question = this.#question(lacking);
    this.#keep(question, await transport.fill(question, leftMs));
  }

  async #sendStrongRead(wanted: Wanted, deadlineMs: number): Promise<StrongAnswer> {
    this.strongReads += 1;
    const question = this.#question(wanted);
    const answer = await this.#options.transport.strongRead(question, deadlineMs);
    this.#assertOneMoment(answer);
    this.#keep(question, answer);
    return new StrongAnswer(answer);
  }

  #question(wanted: Wanted): RecordsQuestion {
    return { incarnation: this.#options.incarnation(), nonce: this.#options.newNonce(), digests: wanted.digests, names: wanted.names };
  }

  /** A strong read decides by its own records alone: records from different moments could deny a key that was never denied, or the reverse. */
  #assertOneMoment({ records }: RecordsAnswer): void {
    const asOf = records[0]?.asOf;
    const other = records.find((record) => record.asOf !== asOf);
    if (other !== undefined) this.#options.broken(`One answer holds records as of ${asOf} and of ${other.asOf}.`);
  }

  #keep(question: RecordsQuestion, answer: RecordsAnswer): void {
    if (answer.nonce !== question.nonce) throw new Error('Nonce mismatch: this reply belongs to another request.');
    this.#options.time.heard(answer.now);
    for (const record of answer.records) this.#options.records.put(record);
    this.#options.cached?.write(answer.records);
  }
}

/** Decides by its own records alone, with or without a lease and even if `put` refused them: they are from a head probed after the request. */
class StrongAnswer {
  readonly #records: ReadonlyMap<string, FenceRecord>;
  readonly #resolved: ReadonlyMap<string, string | null>;

  constructor(answer: RecordsAnswer) {
    this.#records = new Map(answer.records.map((record) => [record.name, record]));
    this.#resolved = new Map(answer.resolved.map(({ digest, name }) => [digest, name]));
  }

  state(name: string): FenceRecordState | null {
    return this.#records.get(name)?.state ?? null;
  }

  verdictOn(digest: string): ResolvedRecords | null {
    const name = this.#resolved.get(digest);
    if (name === undefined) throw new FenceUnavailable('the authority did not answer all that was asked');
    if (name === null) return null;
    const root = this.state(name);
    const resolved = root === null ? null : joinVerdict(root, (pointer) => this.#records.get(pointer)?.state);
    if (resolved === null) throw new FenceUnavailable('a record of the verdict is missing');
    return resolved;
  }
}
