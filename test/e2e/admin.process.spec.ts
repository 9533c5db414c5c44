import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueOf } from '@test/support/observed/exposition.js';
import { type Numbers, numbersAt, type Readiness, readinessAt } from './admin-address.js';
import { BackendApi, KEYS, V1 } from '@test/support/clients/backend-api.js';
import { rawRequest, sendRaw } from '@test/support/clients/raw-http.js';
import { holdPort } from '@test/support/servers/held-port.js';
import { runServerToItsEnd, StandaloneServer, temporaryFolder } from '@test/support/servers/standalone-process.js';
import { until } from '@test/support/clock/until.js';
import { useServers } from './use-servers.js';

const numbersOf = (server: StandaloneServer): Promise<Numbers> => numbersAt(server.adminOrigin);
const readinessOf = (server: StandaloneServer): Promise<Readiness> => readinessAt(server.adminOrigin);

/** By how much each of the numbers grew while `act` ran. */
const growth = async (
  server: StandaloneServer,
  wanted: readonly (readonly [name: string, labels?: Readonly<Record<string, string>>])[],
  act: () => Promise<unknown>,
): Promise<readonly number[]> => {
  const before = await numbersOf(server);
  await act();
  const after = await numbersOf(server);
  return wanted.map(([name, labels]) => (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0));
};

const started = useServers();

describe('the metrics of a server', () => {
  let server: StandaloneServer;
  let api: BackendApi;
  beforeAll(async () => {
    server = await StandaloneServer.started();
    api = BackendApi.of(server);
  });
  afterAll(() => server.remove());

  const outcomes = ['valid', 'invalid', 'malformed', 'unauthorized', 'forbidden', 'too_large', 'limited', 'unavailable', 'failed'];

  it('count validations by how they ended', async () => {
    const key = await api.issueKey({ user_id: await api.createUser() });
    const reader = new BackendApi(server.origin, await server.newBackendKey('Read Users'));
    const grown = await growth(
      server,
      outcomes.map((outcome) => ['keyfence_validations_total', { outcome }]),
      async () => {
        for (let index = 0; index < 5; index += 1) expect((await api.validate(key.token)).status).toBe(200);
        for (const token of ['nonsense', `${key.token}0`, 'f'.repeat(96)]) expect((await api.validate(token)).status).toBe(400);
        for (const body of ['{}', '{"api_key_token":']) expect((await api.call('POST', `${KEYS}/validate`, body)).status).toBe(400);
        expect((await new BackendApi(server.origin, 'stranger').validate(key.token)).status).toBe(401);
        expect((await reader.validate(key.token)).status).toBe(403);
        const large = rawRequest('POST', `${KEYS}/validate`, [`Authorization: Bearer ${server.backendKey}`, 'Content-Length: 70000'], 'x'.repeat(70_000));
        expect((await sendRaw(server.port, large)).status).toBe(413);
      },
    );
    expect(Object.fromEntries(outcomes.map((outcome, index) => [outcome, grown[index]]))).toEqual({
      valid: 5,
      invalid: 3,
      malformed: 2,
      unauthorized: 1,
      forbidden: 1,
      too_large: 1,
      limited: 0,
      unavailable: 0,
      failed: 0,
    });
  });

  it('count what memory could not answer, once per key, and the usage that is sent on', async () => {
    const key = await api.issueKey();
    expect(
      await growth(
        server,
        [['keyfence_validations_looked_up_total'], ['keyfence_strong_reads_total'], ['keyfence_undecided_total'], ['keyfence_usage_keys']],
        async () => {
          for (let index = 0; index < 4; index += 1) expect((await api.validate(key.token)).status).toBe(200);
        },
      ),
    ).toEqual([1, 1, 0, 1]);
    const flushes = (numbers: Numbers): number => valueOf(numbers, 'keyfence_usage_flushes_total') ?? 0;
    const before = flushes(await numbersOf(server));
    expect((await api.validate(key.token)).status).toBe(200);
    expect(
      valueOf(
        await until(
          () => numbersOf(server),
          (numbers) => flushes(numbers) > before,
        ),
        'keyfence_usage_flush_failures_total',
      ),
    ).toBe(0);
  });

  it('count one barrier for one block, and none for a key that is made', async () => {
    const userId = await api.createUser();
    const block = { command: 'directory.block-user', outcome: 'done' };
    const route = { route: `POST ${V1}/user/{user_id}/disable`, status: '2xx' };
    expect(
      await growth(
        server,
        [
          ['keyfence_barrier_ms_count'],
          ['keyfence_commands_total', block],
          ['keyfence_command_ms_count', { command: block.command }],
          ['keyfence_http_requests_total', route],
        ],
        () => api.done('POST', `${V1}/user/${userId}/disable`),
      ),
    ).toEqual([1, 1, 1, 1]);
    expect(
      await growth(server, [['keyfence_barrier_ms_count'], ['keyfence_commands_total', { command: 'keys.issue-key', outcome: 'done' }]], () => api.issueKey()),
    ).toEqual([0, 1]);
    expect(valueOf(await numbersOf(server), 'keyfence_barriers_timed_out_total', { kind: 'change' })).toBe(0);
  });

  it('count what was refused by why, and requests without a route as one', async () => {
    const notFound = { command: 'directory.block-user', outcome: 'not_found' };
    expect(
      await growth(
        server,
        [
          ['keyfence_commands_total', notFound],
          ['keyfence_http_requests_total', { route: `POST ${V1}/user/{user_id}/disable`, status: '4xx' }],
        ],
        () => api.call('POST', `${V1}/user/${crypto.randomUUID()}/disable`),
      ),
    ).toEqual([1, 1]);
    expect(
      await growth(server, [['keyfence_http_requests_total', { route: 'none', status: '4xx' }]], async () => {
        for (const path of ['/', `/wp-admin/${crypto.randomUUID()}`, `${V1}/user/${crypto.randomUUID()}/nothing`])
          expect((await api.call('GET', path)).status).toBe(404);
      }),
    ).toEqual([3]);
  });

  it('follow the log, also where another process writes to it', async () => {
    const head = valueOf(await numbersOf(server), 'keyfence_log_head') ?? 0;
    await server.cliJson('users', 'block', await api.createUser());
    const numbers = await until(
      () => numbersOf(server),
      (seen) => valueOf(seen, 'keyfence_log_lag') === 0 && (valueOf(seen, 'keyfence_log_applied') ?? 0) >= head + 2,
    );
    expect(valueOf(numbers, 'keyfence_log_head')).toBe(valueOf(numbers, 'keyfence_log_applied'));
    for (const projection of ['directory', 'keys', 'cascade'])
      await until(
        () => numbersOf(server),
        (seen) => valueOf(seen, 'keyfence_projection_lag', { projection }) === 0,
      );
  });

  it('tell of the lease', async () => {
    const numbers = await numbersOf(server);
    expect(valueOf(numbers, 'keyfence_nodes_counted')).toBe(1);
    expect(valueOf(numbers, 'keyfence_renew_failures_total')).toBe(0);
    // The suites' lease is a second, of which a node keeps 0.8.
    expect(
      valueOf(
        await until(
          () => numbersOf(server),
          (seen) => (valueOf(seen, 'keyfence_lease_remaining_ms') ?? 0) > 0,
        ),
        'keyfence_lease_remaining_ms',
      ),
    ).toBeLessThanOrEqual(800);
  });

  it('carry no token, address or id', async () => {
    const email = api.newEmail();
    const userId = await api.createUser({ email });
    const key = await api.issueKey({ user_id: userId, display_name: 'my laptop' });
    await api.validate(key.token);
    await api.call('GET', `${V1}/user/email?email=${email}`);
    await api.call('GET', `/${key.token}`);
    await api.call('GET', `${KEYS}/${key.id}`, undefined, { 'x-request-id': 'canary-request' });
    const text = await (await fetch(`${server.adminOrigin}/metrics`)).text();
    for (const secret of [key.token, key.id, key.token.slice(32), server.backendKey, email, userId, 'my laptop', 'canary-request'])
      expect(text).not.toContain(secret);
    expect(text).not.toMatch(/[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-|@|\d+\.\d+\.\d+\.\d+/);
  });

  it('are readable to the letter, each with HELP and TYPE', async () => {
    const families = [...(await numbersOf(server)).values()];
    expect(families.filter(({ help, type }) => help === '' || type === '')).toEqual([]);
    expect(families.filter(({ name }) => name.startsWith('keyfence_')).length).toBeGreaterThan(25);
    for (const { name, type } of families) if (name.startsWith('keyfence_')) expect([name, type === 'counter']).toEqual([name, name.endsWith('_total')]);
  });
});

describe('health and readiness', () => {
  it('a server that serves is alive and ready', async () => {
    const server = await started();
    const health = await fetch(`${server.adminOrigin}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    expect(await readinessOf(server)).toEqual({ status: 200, checks: { listening: 'ok', log: 'ok', lease: 'ok', authority: 'ok' } });
    for (const path of ['/metrics', '/healthz', '/readyz']) expect((await fetch(server.origin + path)).status).toBe(404);
  });

  it('a server that gets no lease is alive and not ready, and says why; it becomes ready by itself', async () => {
    const server = await started({ env: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'busy-log.mjs')}` } });
    await server.end('SIGTERM');
    // A node joins with a commit.
    writeFileSync(join(server.dataDir, 'busy'), '');
    const starting = server.start();
    await server.waitForStdout(/Metrics and health: http:.+\n/);
    expect((await fetch(`${server.adminOrigin}/healthz`)).status).toBe(200);
    const statuses = new Set<number>();
    const { checks } = await until(
      () => readinessOf(server),
      (seen) => {
        statuses.add(seen.status);
        return seen.checks['listening'] === 'ok';
      },
    );
    expect(checks).toEqual({ listening: 'ok', log: 'ok', authority: 'ok', lease: 'This process holds no lease: it may answer nothing from memory.' });
    expect([...statuses]).toEqual([503]);
    expect(valueOf(await numbersOf(server), 'keyfence_lease_remaining_ms')).toBe(0);
    await starting;
    await until(
      async () => Promise.resolve(server.stderr),
      (said) => said.includes('There is no lease'),
    );
    rmSync(join(server.dataDir, 'busy'));
    await until(
      () => readinessOf(server),
      ({ status }) => status === 200,
    );
    await until(
      async () => Promise.resolve(server.stderr),
      (said) => said.includes('The lease is back'),
    );
  });

  it('a server that ends is not ready from the first moment, while what is in flight is finished, and tells so to the last', async () => {
    const server = await started();
    const body = JSON.stringify({ email: 'in-flight@example.test' });
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.write(
      `POST ${V1}/user/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.backendKey}\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    await until(
      async () => Promise.resolve(answer),
      (text) => text.includes('100 Continue'),
    );
    server.signal('SIGTERM');
    const ending = await until(
      () => readinessOf(server),
      ({ status }) => status === 503,
    );
    expect(ending.checks).toEqual({ shutdown: 'The process is shutting down.', listening: 'ok', log: 'ok', lease: 'ok', authority: 'ok' });
    expect((await fetch(`${server.adminOrigin}/healthz`)).status).toBe(200);
    expect(valueOf(await numbersOf(server), 'keyfence_nodes_counted')).toBe(1);
    socket.write(body);
    await once(socket, 'close');
    expect(answer).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(await server.waitForEnd()).toBe(0);
  });
});

describe('the admin address', () => {
  it('knows three paths, and GET and HEAD', async () => {
    const { adminOrigin } = await started();
    for (const path of ['/', '/metrics/', '/api/backend/v1/end_user_api_keys']) expect((await fetch(adminOrigin + path)).status).toBe(404);
    for (const path of ['/metrics', '/healthz', '/readyz']) {
      const head = await fetch(adminOrigin + path, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect((await fetch(adminOrigin + path, { method: 'POST', body: 'x' })).status).toBe(405);
    }
  });

  it('that is taken is one sentence and exit 1', async () => {
    const taken = await holdPort();
    const port = String(taken.port);
    const dataDir = temporaryFolder();
    const { code, stdout, stderr } = await runServerToItsEnd({ PORT: '0', DATA_DIR: dataDir, ADMIN_PORT: port });
    expect([code, stdout, stderr]).toEqual([1, '', `Port ${port} is in use. Stop what listens there, or set ADMIN_PORT to another.\n`]);
    taken.release();
    rmSync(dataDir, { recursive: true });
  });

  it.each(['on', '-1', '65536', '94.5'])('ADMIN_PORT=%s is one sentence and exit 1', async (port) => {
    const dataDir = temporaryFolder();
    const { code, stderr } = await runServerToItsEnd({ PORT: '0', DATA_DIR: dataDir, ADMIN_PORT: port });
    rmSync(dataDir, { recursive: true });
    expect([code, stderr]).toEqual([1, `ADMIN_PORT must be a whole number from 0 to 65535 or off, not "${port}".\n`]);
  });

  it('can be disabled', async () => {
    const server = await started({ env: { ADMIN_PORT: 'off' } });
    expect(server.stdout).not.toMatch(/Metrics and health/);
    expect((await BackendApi.of(server).call('GET', KEYS)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

describe('the log of a server', () => {
  it('is JSON lines with time, level, context and text; one at the start with version, lease and ports, one at the end', async () => {
    const server = await started({ env: { LOG_LEVEL: 'trace' } });
    const api = BackendApi.of(server);
    await api.validate((await api.issueKey()).token);
    expect(await server.end('SIGTERM')).toBe(0);
    const lines = server.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    for (const line of lines) {
      expect(line).toMatchObject({
        level: expect.stringMatching(/^(?:trace|debug|info|warn|error|fatal)$/) as string,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/) as string,
        context: expect.stringMatching(/./) as string,
        msg: expect.stringMatching(/./) as string,
      });
    }
    const said = lines.filter(({ level }) => level !== 'debug' && level !== 'trace');
    expect(said).toMatchObject([
      {
        level: 'info',
        msg: 'Keyfence has started.',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
        leaseMs: 1_000,
        port: server.port,
        adminPort: Number(new URL(server.adminOrigin).port),
      },
      { level: 'info', msg: 'Keyfence is stopping.', signal: 'SIGTERM' },
      { level: 'info', msg: 'Keyfence has stopped.' },
    ]);
  });

  it('is silent by default while all is well', async () => {
    const server = await started();
    const api = BackendApi.of(server);
    await api.validate((await api.issueKey()).token);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(server.stderr).toBe('');
  });
});
