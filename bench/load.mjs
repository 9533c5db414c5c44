// The load: keep-alive connections, one request in flight on each, no pipelining. Its own process, because it has its own core.
// Spoken to in JSON lines, one result line out per round:
//   {port, connections, seconds | count, kinds: [{name, expectedStatus, requests: [text]}], pattern?: [index of kind], every?: true}
// `requests` and `expectedStatus` beside `port` stand for a single kind. `count`: that many answers, however long they take.
// `every`: each latency is in the result, not only quantiles of a sample. `bucketMs`: the result has the answers of each such time, too,
// so that one round on the same connections can be cut in pieces afterwards. `{stop: true}` ends the round under way.
// `rate`: so many requests a second and no more, each at its time; one that finds no free connection then has waited since its time.
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

const ANSWER_DEADLINE_MS = 30_000;
const HEADER_END = '\r\n\r\n';
const CONTENT_LENGTH = '\r\ncontent-length: ';
/** Latencies kept: looking at all of them would cost the load's core. */
const SAMPLE = 16;

/** Length of the first complete answer in `text`, or 0 while some of it is missing. Latin-1, so that a character is a byte. */
const answerLength = (text) => {
  const head = text.indexOf(HEADER_END);
  if (head < 0) return 0;
  const at = text.slice(0, head).toLowerCase().indexOf(CONTENT_LENGTH);
  if (at < 0) throw new Error(`An answer without Content-Length: ${text.slice(0, head)}`);
  const length = Number.parseInt(text.slice(at + CONTENT_LENGTH.length, at + CONTENT_LENGTH.length + 12), 10);
  const total = head + HEADER_END.length + length;
  return text.length >= total ? total : 0;
};

/** Requests of one kind: what goes out, in turn, and what came back. */
class Kind {
  constructor({ name, requests, expectedStatus }, sample) {
    Object.assign(this, { name, requests, sample, next: 0, answers: 0, latencies: [] });
    this.expected = `HTTP/1.1 ${expectedStatus} `;
  }

  nextRequest() {
    const request = this.requests[this.next % this.requests.length];
    this.next += 1;
    return request;
  }

  answered(latencyMs) {
    this.answers += 1;
    if (this.answers % this.sample === 0) this.latencies.push(latencyMs);
  }
}

class Connection {
  constructor(round) {
    this.round = round;
    this.pending = '';
    this.sentAt = 0;
    this.socket = createConnection({ port: round.port, host: '127.0.0.1', noDelay: true, timeout: ANSWER_DEADLINE_MS });
    this.socket.setEncoding('latin1');
    this.socket.on('connect', () => this.send());
    this.socket.on('data', (text) => this.receive(text));
    this.socket.on('timeout', () => this.socket.destroy(new Error('no answer in time')));
    this.socket.on('error', (error) => this.round.fail(error));
    this.socket.on('close', () => this.round.closed(this));
  }

  send() {
    this.kind = this.round.nextKind();
    if (this.kind === null) {
      this.socket.end();
      return;
    }
    const now = performance.now();
    const dueAt = this.round.nextDueAt(now);
    if (dueAt > now) setTimeout(() => this.write(performance.now()), dueAt - now);
    else this.write(dueAt);
  }

  write(sentAt) {
    this.sentAt = sentAt;
    this.socket.write(this.kind.nextRequest(), 'latin1');
  }

  receive(text) {
    this.pending = this.pending === '' ? text : this.pending + text;
    const length = answerLength(this.pending);
    if (length === 0) return;
    this.round.answered(this.kind, this.pending, performance.now() - this.sentAt);
    this.pending = this.pending.slice(length);
    this.send();
  }
}

const quantilesOf = (latencies) => {
  const sorted = latencies.toSorted((left, right) => left - right);
  const quantile = (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? null;
  return { p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
};

class Round {
  constructor({ port, seconds, count = Infinity, connections, kinds, pattern = [0], every = false, bucketMs = null, rate = null, ...single }, finished) {
    Object.assign(this, { port, count, pattern, every, bucketMs, rate, finished, over: false, sent: 0, answers: 0, unexpected: 0, lastUnexpected: null });
    this.buckets = [];
    this.startedAtWallMs = Date.now();
    this.kinds = (kinds ?? [{ name: 'all', ...single }]).map((kind) => new Kind(kind, every ? 1 : SAMPLE));
    this.startedAt = performance.now();
    this.open = new Set();
    for (let index = 0; index < connections; index += 1) this.open.add(new Connection(this));
    if (seconds !== undefined) this.timer = setTimeout(() => this.stop(), seconds * 1_000);
  }

  /** Null: no more requests. */
  nextKind() {
    if (this.over || this.sent >= this.count) return null;
    const kind = this.kinds[this.pattern[this.sent % this.pattern.length]];
    this.sent += 1;
    return kind;
  }

  /** Of the request that `nextKind` has just given out. */
  nextDueAt(now) {
    return this.rate === null ? now : this.startedAt + ((this.sent - 1) * 1_000) / this.rate;
  }

  answered(kind, text, latencyMs) {
    if (this.over) return;
    this.answers += 1;
    kind.answered(latencyMs);
    if (this.bucketMs !== null) this.intoBucket(latencyMs);
    if (!text.startsWith(kind.expected)) {
      this.unexpected += 1;
      this.lastUnexpected = `${kind.name}: ${text.slice(0, 200)}`;
    }
    if (this.answers >= this.count) this.stop();
  }

  intoBucket(latencyMs) {
    const bucket = (this.buckets[Math.floor((performance.now() - this.startedAt) / this.bucketMs)] ??= { answers: 0, latencies: [] });
    bucket.answers += 1;
    if (bucket.answers % SAMPLE === 0) bucket.latencies.push(latencyMs);
  }

  stop() {
    if (this.over) return;
    this.over = true;
    this.elapsedMs = performance.now() - this.startedAt;
  }

  fail(error) {
    this.unexpected += 1;
    this.lastUnexpected = error.message;
  }

  closed(connection) {
    this.open.delete(connection);
    if (this.open.size > 0) return;
    clearTimeout(this.timer);
    this.stop();
    const { answers, unexpected, lastUnexpected, elapsedMs, startedAtWallMs } = this;
    const all = this.kinds.flatMap(({ latencies }) => latencies);
    const kinds = Object.fromEntries(this.kinds.map((kind) => [kind.name, { answers: kind.answers, ...quantilesOf(kind.latencies) }]));
    // Every index, also those in which nothing was answered: those are what one looks for.
    const buckets = Array.from(this.buckets, (bucket) => ({ answers: bucket?.answers ?? 0, ...quantilesOf(bucket?.latencies ?? []) }));
    const result = { startedAtWallMs, buckets, answers, unexpected, lastUnexpected, elapsedMs, perSecond: (answers / elapsedMs) * 1_000, ...quantilesOf(all), kinds };
    this.finished(this.every ? { ...result, latenciesMs: all } : result);
  }
}

let current = null;
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.stop === true) current?.stop();
  else current = new Round(message, (result) => process.stdout.write(`${JSON.stringify(result)}\n`));
});
