// What the validate route is measured against: servers that do the least that the work needs. They read the body, make the same two
// digests, look both up in Maps and write the same bytes under the same headers. No rules, no lease, no limits, no counting.
import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { connect, headers } from '@nats-io/transport-node';
import fastify from 'fastify';

const KEEP_ALIVE_MS = 72_000;

class Memory {
  constructor({ backendKey, keys }) {
    this.backendKeys = new Map([[hash('sha256', `backend\n${backendKey}`, 'hex'), { environmentId: 'bench' }]]);
    this.keys = new Map(keys.map(({ token, body }) => [hash('sha256', `native:bench\n${token}`, 'hex'), { answer: Buffer.from(body) }]));
    this.answered = 0;
  }

  answer(authorization, token) {
    const backendKey = this.backendKeys.get(hash('sha256', `backend\n${authorization.slice('Bearer '.length)}`, 'hex'));
    if (backendKey === undefined) throw new Error('unknown backend key');
    const key = this.keys.get(hash('sha256', `native:${backendKey.environmentId}\n${token}`, 'hex'));
    if (key === undefined) throw new Error('unknown token');
    this.answered += 1;
    return key.answer;
  }

  get requestId() {
    return `bench-${this.answered.toString(36)}`;
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** As anybody would write it. */
const bare = (memory) => (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { api_key_token: token } = JSON.parse(Buffer.concat(chunks).toString());
    const answer = memory.answer(request.headers.authorization, token);
    response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Content-Length': answer.length, 'X-Request-Id': memory.requestId });
    response.end(answer);
  });
};

/** With the same way of reading and writing as the validate route: what is left to it is its own work. */
const tuned = (memory) => (request, response) => {
  const declared = Number(request.headers['content-length']);
  request.once('readable', () => {
    const body = request.read();
    if (body.length !== declared) throw new Error('a body in pieces');
    const { api_key_token: token } = JSON.parse(body.toString());
    const answer = memory.answer(request.headers.authorization, token);
    response.writeHead(200, ['Content-Type', JSON_TYPE, 'Content-Length', String(answer.length), 'X-Request-Id', memory.requestId]);
    response.write(answer.toString('latin1'), 'latin1');
    response.socket?.uncork();
    response.end();
  });
};

/** The same work as messages: `given` says where to connect, as whom, and which subject and queue group to answer. */
const listenOnNats = async (memory, { subject, queue, ...given }) => {
  const connection = await connect(given);
  connection.subscribe(subject, {
    queue,
    callback: (error, message) => {
      if (error !== null) throw error;
      const { api_key_token: token } = JSON.parse(message.string());
      const answer = memory.answer(message.headers.get('Authorization'), token);
      const answered = headers();
      answered.set('Status-Code', '200');
      answered.set('X-Request-Id', memory.requestId);
      message.respond(answer, { headers: answered });
    },
  });
  // What the server has not heard of yet would be answered by nobody.
  await connection.flush();
  return 0;
};

const listen = async (kind, memory, path) => {
  if (kind === 'nats') return listenOnNats(memory, path);
  if (kind === 'fastify') {
    const app = fastify({ keepAliveTimeout: KEEP_ALIVE_MS });
    app.post(path, (request, reply) => {
      const answer = memory.answer(request.headers.authorization, request.body.api_key_token);
      reply.header('content-type', JSON_TYPE).header('x-request-id', memory.requestId).send(answer);
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server.address().port;
  }
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (kind === 'bare' ? bare : tuned)(memory));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
};

createInterface({ input: process.stdin }).once('line', (line) => {
  const { kind, path, ...contents } = JSON.parse(line);
  void listen(kind, new Memory(contents), path).then((port) => process.stdout.write(`${port}\n`));
});
