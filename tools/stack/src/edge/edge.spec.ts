import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Edge, upstreamOf } from './edge.js';

const VALIDATE = '/api/backend/v1/end_user_api_keys/validate';
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
const upstream = async (handler: Handler): Promise<string> => {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
};
const named = (name: string): Promise<string> =>
  upstream((request, response) => {
    request.resume().once('end', () => response.end(name));
  });

let gateway: string[] = [];
let validation: string[] = [];
let edge: Edge;
beforeEach(async () => {
  edge = new Edge({ gateway: () => gateway, validation: () => validation });
  await edge.listen(0);
});
afterEach(async () => {
  await edge.close(0);
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  [gateway, validation] = [[], []];
});

const ask = async (path: string, init: RequestInit = {}): Promise<string> => (await fetch(edge.origin + path, init)).text();

/** What arrives for bytes that no client library would send. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    connect(Number(new URL(edge.origin).port), '127.0.0.1')
      .setEncoding('utf8')
      .on('data', (chunk: string) => {
        answer += chunk;
      })
      .once('close', () => resolve(answer))
      .once('error', reject)
      .write(text);
  });

describe('the edge', () => {
  it.each([
    ['POST', VALIDATE, 'validation'],
    ['POST', `${VALIDATE}/`, 'validation'],
    ['POST', `${VALIDATE}?a=b`, 'validation'],
    ['POST', `${VALIDATE}_imported`, 'validation'],
    ['POST', `${VALIDATE}_imported/`, 'validation'],
    ['GET', VALIDATE, 'gateway'],
    ['POST', `${VALIDATE}_personal`, 'gateway'],
    ['POST', `${VALIDATE}//`, 'gateway'],
    ['POST', `/x${VALIDATE}`, 'gateway'],
    ['POST', '/api/backend/v1/user/', 'gateway'],
    ['GET', '/', 'gateway'],
  ])('%s %s belongs to %s', (method, target, service) => {
    expect(upstreamOf(method, target)).toBe(service);
  });

  it('shares calls among the replicas that run now', async () => {
    validation = [await named('v1'), await named('v2')];
    gateway = [await named('g1')];
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(VALIDATE, { method: 'POST', body: '{}' })));
    expect(answers.toSorted()).toEqual(['v1', 'v1', 'v2', 'v2']);
    expect(await ask('/else')).toBe('g1');
    validation = validation.slice(0, 1);
    expect(await ask(VALIDATE, { method: 'POST', body: '{}' })).toBe('v1');
  });

  it('changes neither target, body nor answer, and says for whom it asks', async () => {
    const seen: { url?: string | undefined; forwardedFor?: unknown; host?: string | undefined } = {};
    gateway = [
      await upstream((request, response) => {
        Object.assign(seen, { url: request.url, forwardedFor: request.headers['x-forwarded-for'], host: request.headers.host });
        response.writeHead(418, 'Strange', { 'x-one': ['a', 'b'] });
        request.pipe(response);
      }),
    ];
    const body = 'x'.repeat(300_000);
    const answer = await fetch(`${edge.origin}/a%2Fb/../c?d=%20`, { method: 'PUT', body, headers: { 'x-forwarded-for': '10.0.0.1' } });
    expect([answer.status, answer.statusText, answer.headers.get('x-one')]).toEqual([418, 'Strange', 'a, b']);
    expect((await answer.text()) === body).toBe(true);
    expect(seen).toEqual({ url: '/a%2Fb/../c?d=%20'.replace('a%2Fb/../', ''), forwardedFor: '10.0.0.1, 127.0.0.1', host: new URL(edge.origin).host });
  });

  it('keeps the framing of a body without a length', async () => {
    gateway = [await upstream((request, response) => void request.pipe(response))];
    const chunked = 'POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
    expect(await raw(chunked)).toMatch(/200 OK[\s\S]*\babc\b[\s\S]*\bde\b/);
  });

  it('says so plainly when no process is there or the one that was is gone', async () => {
    const none = await fetch(`${edge.origin}/`);
    expect([none.status, none.headers.get('content-type'), none.headers.get('retry-after')]).toEqual([503, 'text/plain', '1']);
    gateway = [await upstream((request) => void request.socket.destroy())];
    expect((await fetch(`${edge.origin}/`, { method: 'POST', body: 'x' })).status).toBe(502);
  });

  it('ends the question when the client is gone', async () => {
    let ended = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const aborting = new AbortController();
    gateway = [
      await upstream((_, response) => {
        response.once('close', ended);
        aborting.abort();
      }),
    ];
    await expect(fetch(`${edge.origin}/`, { signal: aborting.signal })).rejects.toThrow();
    await gone;
  });
});
