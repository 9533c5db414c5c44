// The load over NATS: plain clients, so many questions under way on each connection, the next one when an answer is there. Spoken to like
// load.mjs: {link, subject, clients, connections (questions under way on all of them), seconds, requests: [{backendKey, body, answerBytes}]}
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, createInbox, headers } from '@nats-io/transport-node';

const ANSWER_DEADLINE_MS = 10_000;
/** Looked at closely: one in so many. To look at all of them would cost the load's core. */
const SAMPLE = 16;

/** Encoded once: the load is to be busy with questions. */
const prepared = ({ backendKey, body, answerBytes }) => {
  const given = headers();
  given.set('Authorization', `Bearer ${backendKey}`);
  return { given, body: new TextEncoder().encode(body), answerBytes };
};

class Round {
  constructor({ subject, seconds, requests }) {
    Object.assign(this, { subject, requests: requests.map(prepared), next: 0, answers: 0, unexpected: 0, lastUnexpected: null, latencies: [], over: false });
    this.ended = new Promise((resolve) => { this.end = resolve; });
    this.startedAt = performance.now();
    setTimeout(() => this.stop(), seconds * 1_000);
  }

  stop() {
    if (this.over) return;
    this.over = true;
    this.elapsedMs = performance.now() - this.startedAt;
    this.end();
  }

  nextRequest() {
    this.next += 1;
    return this.requests[this.next % this.requests.length];
  }

  answered(message, request, latencyMs) {
    if (this.over) return;
    this.answers += 1;
    const isSample = this.answers % SAMPLE === 0;
    if (isSample) this.latencies.push(latencyMs);
    if (message.data.length === request.answerBytes && (!isSample || message.headers?.get('Status-Code') === '200')) return;
    this.fail(`${message.headers?.get('Status-Code') ?? ''} ${message.string().slice(0, 200)}`);
  }

  fail(text) {
    this.unexpected += 1;
    this.lastUnexpected = text;
  }

  result() {
    const { answers, unexpected, lastUnexpected, elapsedMs, latencies } = this;
    const sorted = latencies.toSorted((left, right) => left - right);
    const quantile = (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? null;
    return { answers, unexpected, lastUnexpected, elapsedMs, perSecond: (answers / elapsedMs) * 1_000, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
  }
}

/** Some questions under way on one connection, told apart by the last word of the subject that is answered on. */
class Client {
  #round = null;
  #open = 0;

  constructor(connection, inbox, lanes) {
    Object.assign(this, { connection, inbox, underWay: Array.from({ length: lanes }, () => ({ request: null, sentAt: 0 })) });
    connection.subscribe(`${inbox}.*`, { callback: (error, message) => (error === null ? this.#answered(message) : this.#round?.fail(error.message)) });
  }

  static async connected(link, lanes) {
    const client = new Client(await connect(link), createInbox(link.inboxPrefix), lanes);
    await client.connection.flush();
    return client;
  }

  start(round) {
    this.#round = round;
    this.underWay.forEach((_, lane) => this.#ask(lane));
  }

  /** Waits for the answers that are still owed: one that never comes is a fault, and not only a slow round. */
  async close() {
    const until = performance.now() + ANSWER_DEADLINE_MS;
    while (this.#open > 0 && performance.now() < until) await pause(5);
    if (this.#open > 0) this.#round.fail(`${this.#open} questions were never answered`);
    await this.connection.close();
  }

  #ask(lane) {
    if (this.#round.over) return;
    const request = this.#round.nextRequest();
    Object.assign(this.underWay[lane], { request, sentAt: performance.now() });
    this.#open += 1;
    this.connection.publish(this.#round.subject, request.body, { reply: `${this.inbox}.${lane}`, headers: request.given });
  }

  #answered(message) {
    const lane = Number(message.subject.slice(this.inbox.length + 1));
    const { request, sentAt } = this.underWay[lane];
    this.#open -= 1;
    this.#round.answered(message, request, performance.now() - sentAt);
    this.#ask(lane);
  }
}

const run = async ({ link, clients, connections, ...given }) => {
  const open = await Promise.all(Array.from({ length: clients }, () => Client.connected(link, Math.ceil(connections / clients))));
  // Only now: what connecting takes is no part of the round.
  const round = new Round(given);
  for (const client of open) client.start(round);
  await round.ended;
  await Promise.all(open.map((client) => client.close()));
  return round.result();
};

createInterface({ input: process.stdin }).on('line', (line) => {
  void run(JSON.parse(line)).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
});
