// The load over NATS: plain clients, with some questions under way on each connection, the next one when an answer is there. One
// `NatsRound` in, one result line out.
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, createInbox, headers, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import type { LoadResult } from '../harness/load-protocol.js';
import { inTurn, latenciesOf } from '../harness/numbers.js';
import type { NatsQuestion, NatsRound } from './nats-load-protocol.js';

const ANSWER_DEADLINE_MS = 10_000;
const POLL_MS = 5;
/** Looked at closely: one in so many. To look at all of them would cost the load's core. */
const SAMPLE = 16;

interface Encoded {
  readonly given: MsgHdrs;
  readonly body: Uint8Array;
  readonly answerBytes: number;
}

/** Encoded once: the load is to be busy with questions. */
const encoded = ({ backendKey, body, answerBytes }: NatsQuestion): Encoded => {
  const given = headers();
  given.set('Authorization', `Bearer ${backendKey}`);
  return { given, body: new TextEncoder().encode(body), answerBytes };
};

class Round {
  readonly subject: string;
  readonly ended: Promise<void>;
  readonly #questions: readonly Encoded[];
  readonly #latenciesMs: number[] = [];
  readonly #startedAt = performance.now();
  #over = false;
  #elapsedMs = 0;
  #asked = 0;
  #answers = 0;
  #unexpected = 0;
  #lastUnexpected: string | null = null;

  constructor({ subject, seconds, questions }: NatsRound) {
    this.subject = subject;
    this.#questions = questions.map(encoded);
    this.ended = pause(seconds * 1_000).then(() => {
      this.#over = true;
      this.#elapsedMs = performance.now() - this.#startedAt;
    });
  }

  get isOver(): boolean {
    return this.#over;
  }

  nextQuestion(): Encoded {
    this.#asked += 1;
    return inTurn(this.#questions, this.#asked);
  }

  answered(message: Msg, { answerBytes }: Encoded, latencyMs: number): void {
    if (this.#over) return;
    this.#answers += 1;
    const isSample = this.#answers % SAMPLE === 0;
    if (isSample) this.#latenciesMs.push(latencyMs);
    if (message.data.length === answerBytes && (!isSample || message.headers?.get('Status-Code') === '200')) return;
    this.fail(`${message.headers?.get('Status-Code') ?? ''} ${message.string().slice(0, 200)}`);
  }

  fail(why: string): void {
    this.#unexpected += 1;
    this.#lastUnexpected = why;
  }

  get result(): LoadResult {
    const [answers, elapsedMs] = [this.#answers, this.#elapsedMs];
    return {
      answers,
      unexpected: this.#unexpected,
      lastUnexpected: this.#lastUnexpected,
      elapsedMs,
      perSecond: (answers * 1_000) / elapsedMs,
      ...latenciesOf(this.#latenciesMs),
    };
  }
}

interface Lane {
  question: Encoded | null;
  sentAt: number;
}

/** Some questions under way on one connection, told apart by the last word of the subject that is answered on. */
class Client {
  readonly #connection: NatsConnection;
  readonly #inbox: string;
  readonly #lanes: readonly Lane[];
  #round: Round | null = null;
  #open = 0;

  private constructor(connection: NatsConnection, inbox: string, lanes: number) {
    this.#connection = connection;
    this.#inbox = inbox;
    this.#lanes = Array.from({ length: lanes }, () => ({ question: null, sentAt: 0 }));
    connection.subscribe(`${inbox}.*`, { callback: (error, message) => (error === null ? this.#answered(message) : this.#round?.fail(error.message)) });
  }

  static async connected(link: NatsRound['link'], lanes: number): Promise<Client> {
    const client = new Client(await connect(link), createInbox(link.inboxPrefix), lanes);
    await client.#connection.flush();
    return client;
  }

  start(round: Round): void {
    this.#round = round;
    this.#lanes.forEach((_, lane) => this.#ask(round, lane));
  }

  /** Waits for the answers that are still owed: one that never comes is a fault, and not only a slow round. */
  async close(): Promise<void> {
    const until = performance.now() + ANSWER_DEADLINE_MS;
    while (this.#open > 0 && performance.now() < until) await pause(POLL_MS);
    if (this.#open > 0) this.#round?.fail(`${String(this.#open)} questions were never answered`);
    await this.#connection.close();
  }

  #ask(round: Round, index: number): void {
    const lane = this.#lanes[index];
    if (round.isOver || lane === undefined) return;
    const question = round.nextQuestion();
    Object.assign(lane, { question, sentAt: performance.now() });
    this.#open += 1;
    this.#connection.publish(round.subject, question.body, { reply: `${this.#inbox}.${String(index)}`, headers: question.given });
  }

  #answered(message: Msg): void {
    const index = Number(message.subject.slice(this.#inbox.length + 1));
    const { question = null, sentAt = 0 } = this.#lanes[index] ?? {};
    if (question === null || this.#round === null) return;
    this.#open -= 1;
    this.#round.answered(message, question, performance.now() - sentAt);
    this.#ask(this.#round, index);
  }
}

const run = async (wanted: NatsRound): Promise<LoadResult> => {
  const { link, clients, underWay } = wanted;
  const open = await Promise.all(Array.from({ length: clients }, () => Client.connected(link, Math.ceil(underWay / clients))));
  // Only now: what connecting takes is not part of the round.
  const round = new Round(wanted);
  for (const client of open) client.start(round);
  await round.ended;
  await Promise.all(open.map((client) => client.close()));
  return round.result;
};

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as NatsRound))}\n`);
