import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from './tcp-proxy.js';

/** Repeats what it hears. */
let echo: Server;
let heard: string;
let proxy: TcpProxy;
let clients: Socket[];

beforeEach(async () => {
  heard = '';
  clients = [];
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      heard += piece.toString();
      socket.write(piece);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  proxy = await TcpProxy.listening('127.0.0.1', address.port);
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.close();
  echo.close();
});

const client = async (): Promise<{ socket: Socket; read: () => string; reads: (text: string) => Promise<void> }> => {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  let text = '';
  socket.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return {
    socket,
    read: () => text,
    reads: async (wanted) => {
      while (text !== wanted) await once(socket, 'data');
    },
  };
};

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo())
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
};

/** Long enough for a piece that would pass to have passed: proved by one on another proxy's connection. */
const aRoundTripElsewhere = async (): Promise<void> => {
  const other = await TcpProxy.listening('127.0.0.1', (echo.address() as { port: number }).port);
  const socket = connect(other.port, '127.0.0.1');
  socket.write('.');
  await once(socket, 'data');
  socket.destroy();
  await other.close();
};

describe('a proxy', () => {
  it('passes what it gets, both ways, and counts it', async () => {
    const { socket, reads } = await client();
    socket.write('one');
    await reads('one');
    expect(proxy.bytes).toEqual({ up: 3, down: 3 });
    expect(proxy.connections).toBe(1);
  });

  it('passes a megabyte unchanged', async () => {
    const { socket, read } = await client();
    const text = Array.from({ length: 100_000 }, (_, line) => `line ${String(line).padStart(6)}`).join('');
    socket.write(text);
    await until(() => read().length === text.length);
    expect(read()).toBe(text);
  });

  it('cut both ways ends nothing, and what was sent meanwhile goes on in order afterwards', async () => {
    const { socket, read, reads } = await client();
    socket.write('a');
    await reads('a');
    proxy.cut();
    socket.write('b');
    const late = await client();
    late.socket.write('X');
    await aRoundTripElsewhere();
    expect([heard.replaceAll('.', ''), read(), socket.destroyed, late.socket.destroyed]).toEqual(['a', 'a', false, false]);
    proxy.heal();
    socket.write('c');
    await reads('abc');
    await late.reads('X');
  });

  it('cut in one direction lets the other one through', async () => {
    const { socket, read, reads } = await client();
    proxy.cut('down');
    socket.write('a');
    await until(() => heard === 'a');
    await aRoundTripElsewhere();
    expect(read()).toBe('');
    proxy.heal();
    await reads('a');
    proxy.cut('up');
    socket.write('b');
    await aRoundTripElsewhere();
    expect(heard.replaceAll('.', '')).toBe('a');
  });

  it('delays every piece and keeps their order', async () => {
    const { socket, reads } = await client();
    proxy.delay(40);
    const sentAt = performance.now();
    socket.write('a');
    await until(() => heard === 'a');
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(39);
    proxy.delay(0);
    socket.write('b');
    await reads('ab');
  });

  it('a cut made by the watch holds back the very piece that was seen', async () => {
    const { socket, reads } = await client();
    proxy.watch = (direction, piece) => {
      if (direction === 'up' && piece.includes('stop')) proxy.cut('up');
    };
    socket.write('go ');
    await until(() => heard === 'go ');
    socket.write('stop');
    await aRoundTripElsewhere();
    expect(heard.replaceAll('.', '')).toBe('go ');
    proxy.heal();
    await reads('go stop');
  });

  it('a reset ends every connection on both sides', async () => {
    const { socket } = await client();
    const ended = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
    });
    proxy.reset();
    await ended;
    expect(socket.destroyed).toBe(true);
  });

  it('the end of one side reaches the other', async () => {
    const { socket, reads } = await client();
    socket.end('last');
    await reads('last');
    await once(socket, 'end');
  });
});
