import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServiceSecrets } from '@app/secrets';
import { CapturedOutput, SERVICES } from '@tools/stack';
import { launchBuilt, runBuilt } from '@test/support/servers/built-process.js';
import { type HeldPort, holdPort } from '@test/support/servers/held-port.js';
import { NatsWithUsers } from '@test/support/servers/nats-users.js';
import { runServerToItsEnd, temporaryFolder } from '@test/support/servers/standalone-process.js';
import { useServers } from './use-servers.js';

const ADMIN_PORT = 9464;
const GIVES_WAY = `Port ${ADMIN_PORT} is in use, so metrics and health are on a free port; set ADMIN_PORT to choose one.\n`;
const inUse = (port: number, name: string): string => `Port ${port} is in use. Stop what listens there, or set ${name} to another.\n`;
const portOf = (origin: string): number => Number(new URL(origin).port);

const started = useServers();
let held: HeldPort[] = [];
const hold = async (wanted?: number): Promise<number> => {
  const one = await holdPort(wanted);
  held.push(one);
  return one.port;
};
const releaseAll = (): void => {
  for (const one of held) one.release();
  held = [];
};

describe('one process', () => {
  it('starts beside what has the default admin port, says so in one sentence, and answers on the port that it prints', async ({ onTestFinished }) => {
    onTestFinished(releaseAll);
    await hold(ADMIN_PORT);
    const server = await started({ env: { ADMIN_PORT: undefined } });
    expect(server.stderr).toBe(GIVES_WAY);
    expect(portOf(server.adminOrigin)).not.toBe(ADMIN_PORT);
    expect((await fetch(`${server.adminOrigin}/readyz`)).status).toBe(200);
  });

  it('starts together with another: one at most has the default admin port, and both are ready', async () => {
    const both = await Promise.all([started({ env: { ADMIN_PORT: undefined } }), started({ env: { ADMIN_PORT: undefined } })]);
    expect(new Set(both.map(({ adminOrigin }) => adminOrigin)).size).toBe(2);
    for (const { adminOrigin, stderr } of both) {
      expect(stderr).toBe(portOf(adminOrigin) === ADMIN_PORT ? '' : GIVES_WAY);
      expect((await fetch(`${adminOrigin}/readyz`)).status).toBe(200);
    }
  });

  it.each([
    ['ADMIN_PORT', 'asked for by the number of the default', ADMIN_PORT],
    ['PORT', 'the default', 8080],
  ])('%s, %s, that is taken ends the start with one sentence', async (name, which, wanted) => {
    const [dataDir, port] = [temporaryFolder(), await hold(wanted)];
    const { code, stderr } = await runServerToItsEnd({ PORT: '0', DATA_DIR: dataDir, [name]: which === 'the default' ? undefined : String(port) });
    releaseAll();
    rmSync(dataDir, { recursive: true });
    expect([code, stderr]).toEqual([1, inUse(port, name)]);
  });
});

describe.each(SERVICES)('%s', (service) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyfence-ports-'));
    createServiceSecrets(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  /** Nothing listens on port 1. */
  const away = () => ({
    NATS_URL: 'nats://127.0.0.1:1',
    NATS_PASSWORD: 'p',
    SECRETS_DIR: join(folder, service),
    MONGODB_URL: 'mongodb://127.0.0.1:1/keyfence',
    REDIS_URL: 'redis://127.0.0.1:1',
    PORT: '0',
  });

  it('starts beside what has the default admin port, says so in one sentence, and answers on the port that it prints', async ({ onTestFinished }) => {
    onTestFinished(releaseAll);
    await hold(ADMIN_PORT);
    const child = launchBuilt(service, [], away());
    const [stdout, stderr] = [new CapturedOutput(child.stdout), new CapturedOutput(child.stderr)];
    const [, origin = ''] = (await stdout.match(/Metrics and health: (http:\S+)\n/)) ?? [];
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect(portOf(origin)).not.toBe(ADMIN_PORT);
    child.kill('SIGTERM');
    await once(child, 'close');
    expect([child.exitCode, stderr.text.split('\n').filter((line) => line.startsWith('Port '))]).toEqual([0, [GIVES_WAY.trim()]]);
  });
});

describe.each(['gateway', 'validation'] as const)('the port of the API of %s', (service) => {
  let nats: NatsWithUsers;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyfence-ports-'));
    createServiceSecrets(folder);
    nats = await NatsWithUsers.start();
  });
  afterAll(async () => {
    await nats?.server.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['the default', 8080],
    ['asked for', 0],
  ])('%s, that is taken ends the start with one sentence', async (which, wanted) => {
    const port = await hold(wanted);
    const { code, stderr } = await runBuilt(service, [], {
      ...nats.environmentOf(service),
      SECRETS_DIR: join(folder, service),
      REDIS_URL: 'redis://127.0.0.1:1',
      ADMIN_PORT: '0',
      LOG_LEVEL: 'error',
      ...(which === 'the default' ? {} : { PORT: String(port) }),
    });
    releaseAll();
    expect([code, stderr]).toEqual([1, inUse(port, 'PORT')]);
  });
});
