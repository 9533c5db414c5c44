import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mongoDatabaseUrl, startMongo, startNats, startRedis, type StackServer } from '../index.js';
import { askOverTcp } from './ask-over-tcp.js';
import { type CommandDocument, commandMessage, isWholeMessage } from './mongo-messages.js';

type Start = (options?: { readonly port?: number; readonly dataDir?: string }) => Promise<StackServer>;

const say = async (port: number, ...lines: readonly string[]): Promise<string> => {
  const answer = await askOverTcp(port, `${lines.join('\r\n')}\r\nECHO over\r\n`, (bytes) => bytes.includes('over'));
  return answer.toString();
};

const command = (server: StackServer, document: CommandDocument): Promise<Buffer> =>
  askOverTcp(server.port, commandMessage({ ...document, $db: 'kept' }), isWholeMessage);
const insert = (server: StackServer): Promise<Buffer> => command(server, { insert: 'things', documents: [{ _id: 'one' }] });
const holdsOne = async (server: StackServer): Promise<boolean> => (await command(server, { find: 'things', filter: { _id: 'one' } })).includes('\x02_id\0');

/** Resolves when the other side has closed the connection or torn it down. */
const connected = async (port: number): Promise<{ readonly broken: Promise<void> }> => {
  const socket = connect(port, '127.0.0.1')
    .on('error', () => undefined)
    .resume();
  const broken = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  await once(socket, 'connect');
  return { broken };
};

const refuses = (port: number): Promise<string> =>
  new Promise((resolve) => {
    connect(port, '127.0.0.1')
      .once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      .once('connect', () => resolve('connected'));
  });

let server: StackServer | null = null;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyfence-servers-'));
});
afterEach(async () => {
  await server?.stop();
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

describe.each<readonly [string, Start, RegExp]>([
  ['NATS', startNats, /^nats-server$/],
  ['Redis', startRedis, /^(?:redis|valkey)-server$/],
  ['MongoDB', startMongo, /^(?:mongod|SecantusDB|FerretDB)$/],
])('%s', (_kind, start, name) => {
  it('answers when it is said to be started, on a port of its own, and is gone with its folder after stop', async () => {
    server = await start();
    const other = await start();
    expect(other.port).not.toBe(server.port);
    expect(server.name).toMatch(name);
    expect(server.version).toMatch(/^\d+\.\d+\.\d+(?:b\d+)?$/);
    expect(server.url).toContain(`127.0.0.1:${String(server.port)}`);
    expect(() => process.kill(other.pid, 0)).not.toThrow();
    const { pid, dataDir } = other;
    expect(existsSync(dataDir)).toBe(true);
    await other.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(existsSync(dataDir)).toBe(false);
    expect(await refuses(other.port)).toBe('ECONNREFUSED');
  });

  it('comes back on its port after a kill, which breaks its connections', async () => {
    server = await start({ dataDir: folder });
    const { pid, port } = server;
    const { broken } = await connected(port);
    await server.kill();
    await broken;
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    await server.stop();
    expect(existsSync(folder)).toBe(true);
  });

  it('never takes another server on its port for itself', async () => {
    server = await start();
    await expect(start({ port: server.port })).rejects.toThrow(/is taken/);
  });

  it('stops although it is paused', async () => {
    server = await start();
    server.pause();
    await server.stop();
    expect(await refuses(server.port)).toBe('ECONNREFUSED');
  });
});

describe('MongoDB', () => {
  it('keeps what was acknowledged through a kill, and nothing through an empty restart', async () => {
    server = await startMongo();
    expect((await insert(server)).includes('\x01ok\0')).toBe(true);
    expect(await holdsOne(server)).toBe(true);
    await server.kill();
    await server.restart();
    expect(await holdsOne(server)).toBe(true);
    await server.restart({ empty: true });
    expect(await holdsOne(server)).toBe(false);
  });

  it('a database is put into the URL and nothing else changes', () => {
    expect(mongoDatabaseUrl('mongodb://127.0.0.1:1/?directConnection=true', 'views_1')).toBe('mongodb://127.0.0.1:1/views_1?directConnection=true');
  });
});

describe('a start that fails', () => {
  it('is an error with the last words of the server', async () => {
    await expect(startRedis({ args: ['--no-such-setting', '1'] })).rejects.toThrow(/Ended before it answered: [\s\S]*no-such-setting/);
    await expect(startNats({ configFile: join(folder, 'missing.conf') })).rejects.toThrow(/Ended before it answered: [\s\S]*missing\.conf/);
  });
});

describe('Redis', () => {
  it('comes back empty, unless it was told to write a dump', async () => {
    server = await startRedis();
    expect(await say(server.port, 'SET a 1', 'SAVE')).toContain('+OK');
    await server.restart();
    expect(await say(server.port, 'GET a')).toContain('$1\r\n1');
    await server.restart({ empty: true });
    expect(await say(server.port, 'GET a')).toContain('$-1');
  });
});
