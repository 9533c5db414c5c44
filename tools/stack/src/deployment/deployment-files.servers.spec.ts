import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StackServer } from '../servers/stack-server.js';
import { DeploymentFiles } from './deployment-files.js';
import { startSecuredNats, startSecuredRedis } from './secured-servers.js';

const HOSTS = { redis: 'redis:6379', mongo: 'mongo:27017/keyfence?replicaSet=rs0' };

let root: string;
let files: DeploymentFiles;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'keyfence-files-'));
  files = new DeploymentFiles(root);
  files.writeForContainers(HOSTS);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const contents = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [join(entry.parentPath, entry.name).slice(root.length + 1), readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
  );

describe('the secrets of a deployment', () => {
  it('each process gets its own and no others', () => {
    const heldBy = (owner: string): readonly string[] => readdirSync(files.folderOf(owner)).toSorted();
    expect(heldBy('keys')).toEqual(['fence-secret', 'key-peppers.json', 'mongodb-url', 'nats-password']);
    expect(heldBy('directory')).toEqual(['email-pepper', 'fence-secret', 'mongodb-url', 'nats-password', 'seal-secret']);
    for (const node of ['gateway', 'validation'])
      expect(heldBy(node)).toEqual(['cache-secret', 'fence-secret', 'nats-password', 'redis-password', 'redis-url']);
    for (const client of ['operator', 'team']) expect(heldBy(client)).toEqual(['nats-password']);
  });

  it('only their owner can read them', () => {
    for (const path of Object.keys(contents())) expect(statSync(join(root, path)).mode & 0o077, path).toBe(0);
    for (const folder of readdirSync(root)) expect(statSync(join(root, folder)).mode & 0o077, folder).toBe(0);
  });

  it('are the same at every start', () => {
    const before = contents();
    new DeploymentFiles(root).writeForContainers(HOSTS);
    expect(contents()).toEqual(before);
  });

  it('Redis keeps hashes of passwords only', () => {
    const acl = readFileSync(files.redisAclFile, 'utf8');
    for (const user of ['gateway', 'validation'] as const) expect(acl).not.toContain(files.redisPassword(user));
    expect(acl).not.toContain('SHA256');
  });
});

describe('NATS', () => {
  it('starts with the users of nats.conf', async () => {
    const nats = await startSecuredNats(files);
    await nats.stop();
  });
});

describe('Redis with the users of users.acl', () => {
  let server: StackServer;
  const clients: Redis[] = [];
  beforeAll(async () => {
    server = await startSecuredRedis(files);
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.stop();
  });

  const as = (username?: string, password?: string): Redis => {
    const client = new Redis({
      host: server.host,
      port: server.port,
      retryStrategy: () => null,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  };

  it.each(['gateway', 'validation'] as const)('%s does its own work and nothing else', async (user) => {
    const client = as(user, files.redisPassword(user));
    expect(await client.set('kf:c:a', 'x', 'PX', 1_000)).toBe('OK');
    expect(await client.mget('kf:c:a', 'kf:c:b')).toEqual(['x', null]);
    expect(await client.eval("redis.call('TIME'); return redis.call('HINCRBY', KEYS[1], 'count', 1)", 1, `kf:l:${user}`)).toBe(1);
    await expect(client.set('other', 'x')).rejects.toThrow(/NOPERM/);
    await expect(client.eval("return redis.call('GET', 'other')", 0)).rejects.toThrow(/can't access at least one of the keys/);
    for (const command of ['KEYS *', 'FLUSHALL', 'CONFIG GET *', 'ACL LIST', 'DEL kf:c:a', 'SCAN 0', 'SHUTDOWN']) {
      const [name = '', ...args] = command.split(' ');
      await expect(client.call(name, ...args), command).rejects.toThrow(/NOPERM/);
    }
  });

  it('no other user gets in', async () => {
    await expect(as().ping()).rejects.toThrow(/NOAUTH|closed/);
    await expect(as('gateway', 'wrong').ping()).rejects.toThrow(/WRONGPASS|NOAUTH|closed/);
  });
});
