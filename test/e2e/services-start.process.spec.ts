import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServiceName, SERVICES } from '@tools/stack';
import { createServiceSecrets } from '@app/secrets';
import { holdPort } from '@test/support/servers/held-port.js';
import { launchBuilt, runBuilt } from '@test/support/servers/built-process.js';
import { CapturedOutput } from '@tools/stack';

type Variables = Readonly<Record<string, string>>;

const OF_ALL = ['NATS_PASSWORD', 'SECRETS_DIR'];
/** What each service cannot do without. */
const NEEDED: Readonly<Record<ServiceName, readonly string[]>> = {
  keys: [...OF_ALL, 'MONGODB_URL'],
  directory: [...OF_ALL, 'MONGODB_URL'],
  gateway: [...OF_ALL, 'REDIS_URL'],
  validation: [...OF_ALL, 'REDIS_URL'],
};
const WRONG_FOR_ALL: Variables = { ADMIN_PORT: 'on', LOG_LEVEL: 'loud', FENCE_LEASE_MS: '999', NATS_PASSWORD_FILE: '/nowhere/nats-password' };
const WRONG_NODE: Variables = { ...WRONG_FOR_ALL, PORT: '65536', CACHE_KEYS: '2', REDIS_URL_FILE: '/nowhere/redis-url' };
/** What each service reads, all of it wrong at once. */
const WRONG: Readonly<Record<ServiceName, Variables>> = {
  keys: {
    ...WRONG_FOR_ALL,
    MONGODB_URL_FILE: '/nowhere/mongodb-url',
    EVENTS_MAX_AGE_HOURS: '0',
    EVENTS_MAX_MIB: 'all',
    EVENTS_REPLICAS: '6',
    EVENT_TEAMS: 'billing,No Team',
  },
  directory: { ...WRONG_FOR_ALL, MONGODB_URL_FILE: '/nowhere/mongodb-url' },
  validation: WRONG_NODE,
  gateway: { ...WRONG_NODE, PLATFORM_LIMIT_PER_MINUTE: '-1' },
};
const STACK_TRACE = /\bat .+:\d+:\d+/;

describe.each(SERVICES)('the settings of %s', (service) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyfence-settings-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  /** Nothing listens on port 1. */
  const away = (): Variables => ({
    ADMIN_PORT: '0',
    NATS_URL: 'nats://127.0.0.1:1',
    NATS_PASSWORD: 'kept-out-of-messages',
    SECRETS_DIR: folder,
    MONGODB_URL: 'mongodb://127.0.0.1:1/keyfence',
    REDIS_URL: 'redis://127.0.0.1:1',
    PORT: '0',
  });

  it('that are missing are named, all of them, and the exit code is 1', async () => {
    const { code, stdout, stderr } = await runBuilt(service, [], {});
    expect([code, stdout]).toEqual([1, '']);
    for (const name of NEEDED[service]) expect(stderr).toContain(`Set ${name} to `);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  it('that are wrong are named, all of them, each with what it may be', async () => {
    const { code, stdout, stderr } = await runBuilt(service, [], WRONG[service]);
    expect([code, stdout]).toEqual([1, '']);
    expect(Object.keys(WRONG[service]).filter((name) => !stderr.includes(name))).toEqual([]);
    expect(stderr).toContain('FENCE_LEASE_MS must be a whole number from 1000 to 60000, not "999".');
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  it('that name a folder without secrets, or with a damaged one, are one sentence with the file in it and not its content', async () => {
    const missing = await runBuilt(service, [], away());
    expect([missing.code, missing.stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(missing.stderr).toContain(`${folder}/`);
    expect(missing.stderr).not.toMatch(STACK_TRACE);
    const [, file = ''] = /([\w.-]+) is missing/.exec(missing.stderr) ?? [];
    writeFileSync(join(folder, file), 'not-a-secret-but-kept-out-all-the-same');
    const damaged = await runBuilt(service, [], away());
    expect([damaged.code, damaged.stderr]).toEqual([1, `${join(folder, file)} cannot be read or is not a secret. Restore it from your backup.\n`]);
  });

  it('that lead to servers that are down are not a failure: it waits, and told to end it ends with exit code 0', async () => {
    createServiceSecrets(folder);
    const child = launchBuilt(service, [], { ...away(), SECRETS_DIR: join(folder, service) });
    const said = new CapturedOutput(child.stderr);
    expect(await said.match(/NATS cannot be reached yet/)).not.toBeNull();
    child.kill('SIGTERM');
    await once(child, 'close');
    expect([child.exitCode, said.text.includes('kept-out-of-messages')]).toEqual([0, false]);
  });

  it('with an admin port that is taken are one sentence', async () => {
    const taken = await holdPort();
    const port = String(taken.port);
    createServiceSecrets(folder);
    const { code, stderr } = await runBuilt(service, [], { ...away(), SECRETS_DIR: join(folder, service), ADMIN_PORT: port });
    taken.release();
    expect([code, stderr]).toEqual([1, `Port ${port} is in use. Stop what listens there, or set ADMIN_PORT to another.\n`]);
  });
});
