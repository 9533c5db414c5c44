import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpConnection, requestText } from './http-connection.js';

const answer = (text: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${String(text.length)}\r\n\r\n${text}`;
const ask = (path: string): string => requestText({ method: 'GET', path, headers: { host: 'x' } });

describe('a connection', () => {
  let server: Server;
  let connection: HttpConnection;
  let sockets: Socket[];
  let reacts: (piece: string, socket: Socket) => void;

  beforeEach(async () => {
    sockets = [];
    server = createServer((socket) => {
      sockets.push(socket);
      socket
        .setEncoding('latin1')
        .on('data', (piece: string) => reacts(piece, socket))
        .on('error', () => undefined);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    connection = new HttpConnection((server.address() as AddressInfo).port);
  });
  afterEach(() => {
    connection.close();
    server.close();
  });

  it('gives each of several requests under way its own answer, in their order', async () => {
    let read = '';
    reacts = (piece, socket) => {
      read += piece;
      const paths = [...read.matchAll(/GET (\S+) /g)].map(([, path = '']) => path);
      if (paths.length === 3) socket.write(paths.map(answer).join(''));
    };
    const answers = await Promise.all(['/a', '/b', '/c'].map((path) => connection.exchange(ask(path))));
    expect(answers.map(({ text }) => text)).toEqual(['/a', '/b', '/c']);
    expect(sockets.length).toBe(1);
  });

  it('writes requests that are exchanged together in one piece', async () => {
    const pieces: string[] = [];
    reacts = (piece, socket) => {
      pieces.push(piece);
      socket.write(answer('1') + answer('2'));
    };
    const answers = await connection.exchangeTogether([ask('/1'), ask('/2')]);
    expect(answers.map(({ text }) => text)).toEqual(['1', '2']);
    expect(pieces).toEqual([ask('/1') + ask('/2')]);
  });

  it('tells of an end without an answer with status 0, and opens again for the next request', async () => {
    reacts = (_, socket) => {
      if (sockets.length === 1) socket.end();
      else socket.write(answer('again'));
    };
    expect(await connection.exchange(ask('/'))).toMatchObject({ status: 0, text: 'the server closed the connection' });
    expect(await connection.exchange(ask('/'))).toMatchObject({ status: 200, text: 'again' });
  });

  it('believes none of more answers than it has asked for', async () => {
    reacts = (_, socket) => socket.write(answer('one') + answer('two'));
    const heard = await connection.exchange(ask('/'));
    expect([heard.status, heard.text]).toEqual([0, expect.stringContaining('more answers than requests')]);
  });

  it('has taken its first time before the server reads a request, and its last one when the last byte is there', async () => {
    let readAt = 0;
    let writtenAt = 0;
    reacts = (_, socket) => {
      readAt = performance.now();
      socket.write(answer('whole').slice(0, -1), () => {
        writtenAt = performance.now();
        socket.write('e');
      });
    };
    await connection.opened();
    const { invokedAt, completedAt } = await connection.exchange(ask('/'));
    expect(invokedAt).toBeLessThanOrEqual(readAt);
    expect(completedAt).toBeGreaterThanOrEqual(writtenAt);
  });

  it('asks once more in the turn in which an answer is there', async () => {
    reacts = (_, socket) => socket.write(answer('next'));
    const last = await new Promise<string>((resolve) => {
      let left = 3;
      const again = ({ text }: { readonly text: string }): void => {
        left -= 1;
        if (left === 0) resolve(text);
        else connection.send(ask('/'), again);
      };
      connection.send(ask('/'), again);
    });
    expect([last, sockets.length]).toEqual(['next', 1]);
  });
});

describe('the text of a request', () => {
  it('counts the bytes of its body, not the characters', () => {
    const text = requestText({ method: 'POST', path: '/x', headers: { host: 'y' }, body: 'é' });
    expect(Buffer.from(text, 'latin1').toString()).toBe('POST /x HTTP/1.1\r\nhost: y\r\ncontent-length: 2\r\n\r\né');
  });

  it.each([
    ['/a b', {}],
    ['/', { 'x-a': 'b\r\nx-c: d' }],
  ])('is refused where it would become another request: %s %j', (path, headers) => {
    expect(() => requestText({ method: 'GET', path, headers })).toThrow();
  });
});
