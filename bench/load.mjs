// The load: keep-alive connections, one request in flight on each, no pipelining. Its own process, because it has its own core.
// Spoken to in JSON lines: `{port, seconds, connections, requests: [text], answers: {status}}` in, one result line out per round.
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

const CONNECT_DEADLINE_MS = 5_000;
const HEADER_END = '\r\n\r\n';
const CONTENT_LENGTH = '\r\ncontent-length: ';

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

class Connection {
  constructor(round, offset) {
    this.round = round;
    this.next = offset;
    this.pending = '';
    this.sentAt = 0;
    this.socket = createConnection({ port: round.port, host: '127.0.0.1', noDelay: true, timeout: CONNECT_DEADLINE_MS });
    this.socket.setEncoding('latin1');
    this.socket.on('connect', () => this.send());
    this.socket.on('data', (text) => this.receive(text));
    this.socket.on('timeout', () => this.socket.destroy(new Error('no answer in time')));
    this.socket.on('error', (error) => this.round.fail(error));
    this.socket.on('close', () => this.round.closed(this));
  }

  send() {
    const { requests } = this.round;
    this.sentAt = performance.now();
    this.socket.write(requests[this.next % requests.length], 'latin1');
    this.next += 1;
  }

  receive(text) {
    this.pending = this.pending === '' ? text : this.pending + text;
    const length = answerLength(this.pending);
    if (length === 0) return;
    this.round.answered(this.pending, performance.now() - this.sentAt);
    this.pending = this.pending.slice(length);
    if (this.round.over) this.socket.end();
    else this.send();
  }
}

class Round {
  constructor({ port, seconds, connections, requests, expectedStatus }, finished) {
    Object.assign(this, { port, requests, finished, over: false, answers: 0, unexpected: 0, latencies: [], lastUnexpected: null });
    this.expected = `HTTP/1.1 ${expectedStatus} `;
    this.open = new Set();
    this.startedAt = performance.now();
    for (let index = 0; index < connections; index += 1) {
      this.open.add(new Connection(this, Math.floor((index * requests.length) / connections)));
    }
    setTimeout(() => this.stop(), seconds * 1_000);
  }

  answered(text, latencyMs) {
    if (this.over) return;
    this.answers += 1;
    if (this.answers % 16 === 0) this.latencies.push(latencyMs);
    if (text.startsWith(this.expected)) return;
    this.unexpected += 1;
    this.lastUnexpected = text.slice(0, 200);
  }

  stop() {
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
    this.stop();
    const sorted = this.latencies.toSorted((left, right) => left - right);
    const quantile = (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? null;
    const { answers, unexpected, lastUnexpected, elapsedMs } = this;
    this.finished({ answers, unexpected, lastUnexpected, elapsedMs, perSecond: (answers / elapsedMs) * 1_000, p50Ms: quantile(0.5), p99Ms: quantile(0.99) });
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  new Round(JSON.parse(line), (result) => process.stdout.write(`${JSON.stringify(result)}\n`));
});
