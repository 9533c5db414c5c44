import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expectText, VALIDATE, ValidationServer } from './testing/validation-server.js';

let server: ValidationServer;
beforeEach(async () => {
  server = await new ValidationServer().start();
});
afterEach(() => server.stop());

const firstLine = (socket: Socket): Promise<string> =>
  new Promise((resolve) => socket.once('data', (chunk) => resolve(chunk.toString().split('\r\n')[0] ?? '')));
/** A whole request as it goes over the wire, and its head without the empty line. */
const headOf = (body: string): string =>
  `POST ${VALIDATE} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.backendKey}\r\nContent-Length: ${body.length}\r\n`;

describe('bodies on the wire', () => {
  it('a body in chunks or without a length is read whole', async () => {
    const { token } = server.node.addNativeKey();
    const long = JSON.stringify({ padding: 'x'.repeat(50_000), api_key_token: token });
    expect((await server.post({ body: long })).status).toBe(200);
    expect((await server.post({ body: long, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(200);
    const socket = connect(server.port, '127.0.0.1');
    const body = JSON.stringify({ api_key_token: token });
    socket.write(`${headOf(body)}\r\n`);
    for (const character of body) {
      await new Promise((resolve) => setImmediate(resolve));
      socket.write(character);
    }
    expect(await firstLine(socket)).toBe('HTTP/1.1 200 OK');
  });

  it('requests in a row on one connection are answered in their order', async () => {
    const { token } = server.node.addNativeKey();
    const body = JSON.stringify({ api_key_token: token });
    const head = headOf(body);
    const socket = connect(server.port, '127.0.0.1');
    socket.write([1, 2, 3].map((id) => `${head}X-Request-Id: ${id}\r\n\r\n${body}`).join(''));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await vi.waitFor(() => expect(text.match(/X-Request-Id: \d/g)).toEqual(['X-Request-Id: 1', 'X-Request-Id: 2', 'X-Request-Id: 3']));
    socket.destroy();
  });
});

describe('the target of the request', () => {
  it('may be in absolute form, as proxies send it, with a slash or a query at the end', async () => {
    const { token } = server.node.addNativeKey();
    for (const path of [
      `http://auth.example.test${VALIDATE}`,
      `HTTPS://auth.example.test:8443${VALIDATE}/`,
      `http://[::1]${VALIDATE}?a=http://b/c`,
      `${VALIDATE}?a`,
    ]) {
      expect((await server.validate(token, { path })).status).toBe(200);
    }
  });
});

describe('413', () => {
  it('more than 64 KiB is refused in plain text, however it is sent', async () => {
    const body = JSON.stringify({ api_key_token: 'x'.repeat(66_000) });
    expectText(await server.post({ body }), 413);
    expectText(await server.post({ body, headers: { 'transfer-encoding': 'chunked' } }), 413);
  });

  it('a body that never ends is answered and cut off', async () => {
    const socket = connect(server.port, '127.0.0.1').on('error', () => {});
    socket.write(`POST ${VALIDATE} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const pump = setInterval(() => socket.write(chunk), 1);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(pump);
    expect(server.counts.tooLarge).toBe(1);
  });
});

describe('callers that go away', () => {
  it('in the middle of a body, or before a look-up ends, do no harm', async () => {
    const partial = connect(server.port, '127.0.0.1');
    partial.write(`POST ${VALIDATE} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"api_`, () => partial.resetAndDestroy());
    let open = () => {};
    server.node.gate = new Promise((resolve) => (open = resolve));
    const { token } = server.node.addNativeKey();
    server.node.forget();
    const body = JSON.stringify({ api_key_token: token });
    const waiting = connect(server.port, '127.0.0.1');
    waiting.write(`${headOf(body)}\r\n${body}`);
    await vi.waitFor(() => expect(server.node.lookUps).toHaveLength(1));
    waiting.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    open();
    expect((await server.validate(token)).status).toBe(200);
    await vi.waitFor(() => expect(server.counts.valid).toBe(2));
    expect(server.counts.failed).toBe(0);
  });
});

describe('the end of a connection', () => {
  it('once the process is closing, each answer ends its connection', async () => {
    const { token } = server.node.addNativeKey();
    server.route.closeConnections();
    const socket = connect(server.port, '127.0.0.1');
    const body = JSON.stringify({ api_key_token: token });
    socket.write(`${headOf(body)}\r\n${body}`);
    expect(await firstLine(socket)).toBe('HTTP/1.1 200 OK');
    await new Promise((resolve) => (socket.destroyed ? resolve(null) : socket.once('close', resolve)));
  });
});
