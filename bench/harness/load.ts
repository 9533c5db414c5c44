// The load over HTTP. Spoken to in JSON lines (load-protocol.ts), one result line out per round.
import { createInterface } from 'node:readline';
import type { HttpAnswer } from '@test/support/clients/answer-reader.js';
import { HttpConnection } from '@test/support/clients/http-connection.js';
import { type AnswersOfKind, END_ROUND, type HttpResult, type HttpRound, type RequestKind } from './load-protocol.js';
import { inTurn, latenciesOf } from './numbers.js';

/** Latencies kept, one in so many: looking at all of them would cost the load's core. */
const SAMPLE = 16;

/** Answers, and the latencies of one in `sample`. */
class Answers {
  readonly latenciesMs: number[] = [];
  readonly #sample: number;
  #count = 0;

  constructor(sample: number) {
    this.#sample = sample;
  }

  add(latencyMs: number): void {
    this.#count += 1;
    if (this.#count % this.#sample === 0) this.latenciesMs.push(latencyMs);
  }

  get summary(): AnswersOfKind {
    return { answers: this.#count, ...latenciesOf(this.latenciesMs) };
  }
}

/** Requests of one kind: what goes out, in turn, and what came back. */
class Kind {
  readonly name: string;
  readonly answers: Answers;
  readonly #requests: readonly string[];
  readonly #expectedStatus: number;
  #next = 0;

  constructor({ name, requests, expectedStatus }: RequestKind, sample: number) {
    this.name = name;
    this.answers = new Answers(sample);
    this.#requests = requests;
    this.#expectedStatus = expectedStatus;
  }

  nextRequest(): string {
    this.#next += 1;
    return inTurn(this.#requests, this.#next - 1);
  }

  expects({ status }: HttpAnswer): boolean {
    return status === this.#expectedStatus;
  }
}

class Round {
  readonly #wanted: HttpRound;
  readonly #kinds: readonly Kind[];
  readonly #pattern: readonly number[];
  readonly #startedAt = performance.now();
  readonly #startedAtWallMs = Date.now();
  readonly #buckets: Answers[] = [];
  #over = false;
  #elapsedMs = 0;
  #sent = 0;
  #answers = 0;
  #unexpected = 0;
  #lastUnexpected: string | null = null;

  constructor(wanted: HttpRound) {
    this.#wanted = wanted;
    this.#pattern = wanted.pattern ?? [0];
    this.#kinds = wanted.kinds.map((kind) => new Kind(kind, wanted.every === true ? 1 : SAMPLE));
  }

  async run(connections: readonly HttpConnection[]): Promise<HttpResult> {
    const { seconds } = this.#wanted;
    const timer = seconds === undefined ? undefined : setTimeout(() => this.stop(), seconds * 1_000);
    await Promise.all(connections.map((connection) => new Promise<void>((done) => this.#next(connection, done))));
    clearTimeout(timer);
    this.stop();
    return this.#result();
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#elapsedMs = performance.now() - this.#startedAt;
  }

  /** Callbacks and no promises: they would cost the load a part of its pace. */
  #next(connection: HttpConnection, done: () => void): void {
    const kind = this.#nextKind();
    if (kind === null) {
      this.#leave(connection, done);
      return;
    }
    const now = performance.now();
    const dueAt = this.#dueAt(now);
    if (dueAt > now) setTimeout(() => this.#send(connection, kind, performance.now(), done), dueAt - now);
    else this.#send(connection, kind, dueAt, done);
  }

  #send(connection: HttpConnection, kind: Kind, sentAt: number, done: () => void): void {
    // The round may have ended while the request waited for its time.
    if (this.#over) {
      this.#leave(connection, done);
      return;
    }
    connection.send(kind.nextRequest(), (answer) => {
      if (answer.status === 0) {
        this.#fail(answer.text);
        done();
        return;
      }
      this.#answered(kind, answer, answer.completedAt - sentAt);
      this.#next(connection, done);
    });
  }

  #leave(connection: HttpConnection, done: () => void): void {
    connection.close();
    done();
  }

  /** When the request that `#nextKind` has just given out is to be sent. */
  #dueAt(now: number): number {
    const { rate } = this.#wanted;
    return rate === undefined ? now : this.#startedAt + ((this.#sent - 1) * 1_000) / rate;
  }

  /** Null: no more requests. */
  #nextKind(): Kind | null {
    if (this.#over || this.#sent >= (this.#wanted.count ?? Infinity)) return null;
    this.#sent += 1;
    return this.#kinds[inTurn(this.#pattern, this.#sent - 1)] ?? null;
  }

  #answered(kind: Kind, answer: HttpAnswer, latencyMs: number): void {
    if (this.#over) return;
    this.#answers += 1;
    kind.answers.add(latencyMs);
    this.#intoBucket(latencyMs);
    if (!kind.expects(answer)) this.#fail(`${kind.name}: ${String(answer.status)} ${answer.text.slice(0, 200)}`);
    if (this.#answers >= (this.#wanted.count ?? Infinity)) this.stop();
  }

  #intoBucket(latencyMs: number): void {
    const { bucketMs } = this.#wanted;
    if (bucketMs === undefined) return;
    const index = Math.floor((performance.now() - this.#startedAt) / bucketMs);
    // Those in which nothing was answered are there, too: they are what one looks for.
    while (this.#buckets.length <= index) this.#buckets.push(new Answers(SAMPLE));
    this.#buckets[index]?.add(latencyMs);
  }

  #fail(why: string): void {
    this.#unexpected += 1;
    this.#lastUnexpected = why;
  }

  #result(): HttpResult {
    const all = this.#kinds.flatMap(({ answers }) => answers.latenciesMs);
    return {
      startedAtWallMs: this.#startedAtWallMs,
      buckets: this.#buckets.map(({ summary }) => summary),
      answers: this.#answers,
      unexpected: this.#unexpected,
      lastUnexpected: this.#lastUnexpected,
      elapsedMs: this.#elapsedMs,
      perSecond: (this.#answers * 1_000) / this.#elapsedMs,
      ...latenciesOf(all),
      kinds: Object.fromEntries(this.#kinds.map(({ name, answers }) => [name, answers.summary])),
      latenciesMs: this.#wanted.every === true ? all : [],
    };
  }
}

let current: Round | null = null;

const run = async (wanted: HttpRound): Promise<HttpResult> => {
  // Before the round: what connecting takes is not part of it.
  const connections = await Promise.all(Array.from({ length: wanted.connections }, () => new HttpConnection(wanted.port).opened()));
  current = new Round(wanted);
  return current.run(connections);
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as HttpRound | typeof END_ROUND;
  if ('stop' in message) current?.stop();
  else void run(message).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
});
