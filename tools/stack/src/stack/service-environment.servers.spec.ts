import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeploymentFiles } from '../deployment/deployment-files.js';
import { mongoCapabilities } from '../servers/mongo-choice.js';
import { startMongo } from '../servers/mongo-server.js';
import { startNats } from '../servers/nats-server.js';
import { startRedis } from '../servers/redis-server.js';
import { serverPorts } from './server-ports.js';
import { environmentOf, type ServiceName, SERVICES, type StackServers } from './service-environment.js';

let root: string;
let files: DeploymentFiles;
let servers: StackServers;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'keyfence-environment-'));
  files = new DeploymentFiles(root);
  const [nats, mongo, redis] = await Promise.all([startNats(), startMongo(), startRedis()]);
  servers = { nats, mongo, redis };
});
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  rmSync(root, { recursive: true, force: true });
});

const of = (service: ServiceName): Promise<Readonly<Record<string, string>>> =>
  environmentOf({ service, name: `${service}-2`, port: 1, adminPort: 2 }, servers, files, ({ url }) => url);

describe('the environment of a replica', () => {
  it('names the database for those that read the log only, Redis for nodes of the fence only', async () => {
    const knowing = async (variable: string): Promise<readonly string[]> => {
      const all = await Promise.all(SERVICES.map(async (service) => [service, await of(service)] as const));
      return all.filter(([, env]) => variable in env).map(([service]) => service);
    };
    expect(await knowing('MONGODB_URL')).toEqual(['keys', 'directory']);
    expect(await knowing('REDIS_URL')).toEqual(['validation', 'gateway']);
    expect(await knowing('NATS_PASSWORD')).toEqual([]);
  });

  it('leads to its own secrets and its own users', async () => {
    for (const service of SERVICES) {
      const env = await of(service);
      expect([env['SECRETS_DIR'], env['NATS_USER'], env['NATS_PASSWORD_FILE']]).toEqual([join(root, service), service, join(root, service, 'nats-password')]);
    }
    expect(new URL((await of('gateway'))['REDIS_URL'] ?? '')).toMatchObject({ username: 'gateway', password: files.redisPassword('gateway') });
  });

  it('gives each replica its own read models where updates are not atomic', async () => {
    expect((await of('keys'))['MONGODB_VIEWS_DATABASE']).toBe(mongoCapabilities(servers.mongo).hasAtomicUpdates ? undefined : 'views_keys_2');
  });

  it('goes where it is led, with the same credentials and database', async () => {
    const asked: string[] = [];
    const led = await environmentOf({ service: 'directory', name: 'directory-1', port: 1, adminPort: 2 }, servers, files, ({ replica, server, url }) => {
      asked.push(`${replica} ${server}`);
      return url.replace(/:\d+/, ':7');
    });
    expect(asked).toEqual(['directory-1 nats', 'directory-1 mongo']);
    expect([led['NATS_URL'], led['MONGODB_URL']]).toEqual(['nats://127.0.0.1:7', 'mongodb://127.0.0.1:7/keyfence?directConnection=true']);
  });
});

describe('the ports of the servers', () => {
  it('are the same at every start in a folder', async () => {
    expect(await serverPorts(root)).toEqual(await serverPorts(root));
  });
});
