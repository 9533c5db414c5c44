import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServiceName, type ServiceReplica, SERVICES, type Stack } from '@tools/stack';
import { valueOf } from '@test/support/observed/exposition.js';
import { numbersAt, readinessAt } from './admin-address.js';
import { BackendApi, KEYS, textAt, V1 } from '@test/support/clients/backend-api.js';
import { StackServer } from '@test/support/servers/stack-server.js';
import { buildEdited, type EditedBuild } from '../../scripts/edited-build.mjs';
import { SUITE_SETTINGS } from '@test/support/servers/tested-server.js';
import { until } from '@test/support/clock/until.js';

/** No request makes the product itself fail. */
const SET_PASSWORD = 'const sealedPasswordHash = await passwords.sealedHash(';
const FAULT = {
  file: 'apps/directory/src/users/user-changes.ts',
  find: SET_PASSWORD,
  replace: `if (meta !== null) throw new TypeError('a planted fault');\n${SET_PASSWORD}`,
};
/** What each service is asked about by name in /readyz. */
const CHECKS: Readonly<Record<ServiceName, readonly string[]>> = {
  keys: ['authority', 'listening', 'log', 'nats'],
  directory: ['listening', 'log', 'nats'],
  gateway: ['lease', 'listening', 'nats'],
  validation: ['lease', 'listening', 'nats'],
};
const METRIC_OF: Readonly<Record<ServiceName, string>> = {
  keys: 'keyfence_nodes_counted',
  directory: 'keyfence_log_applied',
  gateway: 'keyfence_lease_remaining_ms',
  validation: 'keyfence_usage_flushes_total',
};

const originOf = ({ origin, name }: ServiceReplica): string => {
  if (origin === null) throw new Error(`${name} does not serve HTTP.`);
  return origin;
};
const isReady = (replica: ServiceReplica): Promise<boolean> => readinessAt(replica.adminOrigin).then(({ status }) => status === 200);
const allReady = async (replicas: readonly ServiceReplica[]): Promise<void> => {
  await until(
    async () => Promise.all(replicas.map(isReady)),
    (ready) => ready.every(Boolean),
  );
};

/** A request that the server has begun to read and that waits for its body. */
const beginRequest = async (origin: string, method: string, path: string, backendKey: string, body: string) => {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text: string) => {
    answer += text;
  });
  socket.write(
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${backendKey}\r\nContent-Length: ${String(body.length)}\r\nExpect: 100-continue\r\n\r\n`,
  );
  await until(
    () => answer,
    (text) => text.includes('100 Continue'),
  );
  return {
    finish: async (): Promise<string> => {
      const closed = once(socket, 'close');
      socket.write(body);
      await closed;
      return answer;
    },
  };
};

/** Two processes of each service, in the order of a deployment's troubles: each case leaves the stack as it found it. */
describe('four services, twice each', () => {
  let build: EditedBuild;
  let server: StackServer;
  let stack: Stack;
  let api: BackendApi;
  beforeAll(async () => {
    build = await buildEdited([FAULT], SERVICES);
    server = await StackServer.started({
      distDir: build.distDir,
      replicas: { keys: 2, directory: 2, gateway: 2, validation: 2 },
      env: { ...SUITE_SETTINGS, LOG_LEVEL: 'info' },
    });
    ({ stack } = server);
    api = BackendApi.of(server);
  }, 120_000);
  afterAll(async () => {
    await server?.remove();
    build?.remove();
  });

  const at = (origin: string): BackendApi => new BackendApi(origin, server.backendKey);
  const replica = (name: string): ServiceReplica => stack.replica(name);
  const sumOf = async (service: ServiceName, metric: string, labels: Readonly<Record<string, string>> = {}): Promise<number> => {
    const all = await Promise.all(
      stack
        .replicasOf(service)
        .filter(({ isRunning }) => isRunning)
        .map(({ adminOrigin }) => numbersAt(adminOrigin)),
    );
    return all.reduce((sum, numbers) => sum + (valueOf(numbers, metric, labels) ?? 0), 0);
  };
  const nodesCounted = async (): Promise<number> => valueOf(await numbersAt(replica('keys-1').adminOrigin), 'keyfence_nodes_counted') ?? -1;

  it('each process says that it is alive, whether it is ready and why not, and how it is, and nothing of it on the public address', async () => {
    for (const { service, adminOrigin, origin } of stack.replicas) {
      expect(await (await fetch(`${adminOrigin}/healthz`)).json()).toEqual({ status: 'ok' });
      const { status, checks } = await readinessAt(adminOrigin);
      expect([service, status, Object.keys(checks).toSorted()]).toEqual([service, 200, CHECKS[service]]);
      const numbers = await numbersAt(adminOrigin);
      expect([service, valueOf(numbers, 'keyfence_nats_connected'), valueOf(numbers, METRIC_OF[service]) !== undefined]).toEqual([service, 1, true]);
      if (origin !== null) for (const path of ['/metrics', '/healthz', '/readyz']) expect((await fetch(origin + path)).status).toBe(404);
    }
    for (const path of ['/metrics', '/healthz', '/readyz']) expect((await fetch(server.origin + path)).status).toBe(404);
  });

  it('what one process made, every other knows at once, and what was revoked through one is refused by each', async () => {
    const [first, second] = stack.replicasOf('gateway').map(originOf).map(at);
    const validations = stack.replicasOf('validation').map(originOf).map(at);
    for (const [maker, reader] of [
      [first, second],
      [second, first],
    ] as const) {
      const userId = await maker!.createUser();
      const key = await reader!.issueKey({ user_id: userId });
      for (const one of validations) expect((await one.validate(key.token)).status).toBe(200);
      expect(await maker!.listed('current', { user_id: userId })).toEqual([key.id]);
      await maker!.done('DELETE', `${KEYS}/${key.id}`);
      for (const one of validations) expect((await one.validate(key.token)).status).toBe(400);
      expect(await reader!.listed('archived', { user_id: userId })).toEqual([key.id]);
    }
  });

  it('a request that failed is found by its id in the lines of the service that failed and of the one that answered', async () => {
    const requestId = `failed-${crypto.randomUUID()}`;
    const answer = await api.call('PUT', `${V1}/user/${await api.createUser()}/password`, { password: 'never-in-a-log-Zq7!' }, { 'x-request-id': requestId });
    expect([answer.status, answer.headers.get('x-request-id'), answer.headers.has('retry-after')]).toEqual([503, requestId, true]);
    expect(answer.text).not.toContain('planted');
    const lines = (service: ServiceName): readonly Readonly<Record<string, unknown>>[] =>
      stack
        .replicasOf(service)
        .flatMap(({ stderr }) => stderr.split('\n'))
        .filter((line) => line.includes(requestId))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(
      await until(
        () => lines('directory'),
        (found) => found.length > 0,
      ),
    ).toMatchObject([{ level: 'error', service: 'directory', requestId, msg: expect.stringContaining('a planted fault') as string }]);
    expect(
      await until(
        () => lines('gateway'),
        (found) => found.length > 0,
      ),
    ).toMatchObject([{ level: 'warn', service: 'gateway', requestId }]);
    expect([...lines('keys'), ...lines('validation')]).toEqual([]);
    expect(server.everythingPrinted).not.toContain('never-in-a-log');
  });

  it.each(['gateway-1', 'validation-1'])(
    '%s finishes what it has begun when it is told to end, leaves the registry, and no change waits for it',
    async (name) => {
      const ending = replica(name);
      const { id, token } = await api.issueKey();
      const counted = await nodesCounted();
      const late = () => sumOf('keys', 'keyfence_barriers_timed_out_total', { kind: 'change' });
      const lateBefore = await late();
      const [path, body] =
        name === 'gateway-1' ? [`${V1}/user/`, JSON.stringify({ email: api.newEmail() })] : [`${KEYS}/validate`, JSON.stringify({ api_key_token: token })];
      const begun = await beginRequest(originOf(ending), 'POST', path, server.backendKey, body);
      const ended = ending.stop();
      expect(
        (
          await until(
            () => readinessAt(ending.adminOrigin),
            ({ status }) => status === 503,
          )
        ).checks['shutdown'],
      ).toBeDefined();
      expect(await begun.finish()).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
      await ended;
      expect(ending.exitCode).toBe(0);
      if (name === 'validation-1') expect(await api.usesOf(id)).toBe(1);
      expect(await nodesCounted()).toBe(counted - 1);
      await api.done('POST', `${V1}/user/${await api.createUser()}/disable`);
      expect(await late()).toBe(lateBefore);
      await ending.start();
      expect(await until(nodesCounted, (nodes) => nodes === counted)).toBe(counted);
    },
  );

  it.each(['directory-1', 'keys-1'])('%s finishes the commands it has when it is told to end, the other takes the rest, and none is lost', async (name) => {
    const ending = replica(name);
    const email = crypto.randomUUID();
    const make = async (index: number): Promise<string> => {
      const userId = await api.createUser({ email: `${String(index)}-${email}@example.test` });
      return (await api.issueKey({ user_id: userId })).id;
    };
    const before = Array.from({ length: 10 }, (_, index) => make(index));
    const ended = ending.stop();
    const after = Array.from({ length: 10 }, (_, index) => make(10 + index));
    const made = await Promise.all([...before, ...after]);
    expect(new Set(made).size).toBe(20);
    await ended;
    expect(ending.exitCode).toBe(0);
    const found = await api.done('GET', `${V1}/user/query?email_or_username=${email}&page_size=100`);
    expect(found['total_users']).toBe(20);
    await ending.start();
  });

  it('a killed node delays one change by no more than the lease, and then counts no more', async () => {
    const counted = await nodesCounted();
    await replica('validation-2').kill();
    const userId = await api.createUser();
    await api.done('POST', `${V1}/user/${userId}/disable`);
    expect(await until(nodesCounted, (nodes) => nodes === counted - 1)).toBe(counted - 1);
    await replica('validation-2').start();
  });

  it('without the database no process that needs it is ready, commands are 503, and all is well when it is back', async () => {
    const { token } = await api.issueKey();
    expect((await api.validate(token)).status).toBe(200);
    const ofLog = [...stack.replicasOf('keys'), ...stack.replicasOf('directory')];
    await stack.servers.mongo.kill();
    for (const { adminOrigin } of ofLog)
      expect(
        (
          await until(
            () => readinessAt(adminOrigin),
            ({ status }) => status === 503,
          )
        ).checks['log'],
      ).toMatch(/did not answer/);
    const refused = await api.call('POST', `${V1}/user/`, { email: api.newEmail() });
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true]);
    await stack.servers.mongo.restart();
    await allReady(stack.replicas);
    expect((await api.validate(token)).status).toBe(200);
    expect(textAt(await api.done('POST', `${V1}/user/`, { email: api.newEmail() }), 'user_id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('without NATS no process is ready, an undecided question is 503, and all is well when it is back', async () => {
    const { token } = await api.issueKey();
    await stack.servers.nats.kill();
    for (const { adminOrigin } of stack.replicas) {
      const { checks } = await until(
        () => readinessAt(adminOrigin),
        ({ status }) => status === 503,
      );
      expect(checks['nats']).toBe('NATS cannot be reached.');
      expect(valueOf(await numbersAt(adminOrigin), 'keyfence_nats_connected')).toBe(0);
    }
    expect(
      (
        await until(
          () => api.validate(token),
          ({ status }) => status !== 200,
        )
      ).status,
    ).toBe(503);
    expect((await api.call('POST', `${V1}/user/`, { email: api.newEmail() })).status).toBe(503);
    await stack.servers.nats.restart();
    await allReady(stack.replicas);
    expect((await api.validate(token)).status).toBe(200);
    await api.done('POST', `${V1}/user/${await api.createUser()}/disable`);
  });

  it('without Redis everything is answered, by asking', async () => {
    const { token } = await api.issueKey();
    await stack.servers.redis.kill();
    for (let call = 0; call < 4; call += 1) expect((await api.validate(token)).status).toBe(200);
    await api.done('POST', `${V1}/user/${await api.createUser()}/disable`);
    await stack.servers.redis.restart();
    await until(
      () => sumOf('validation', 'keyfence_redis_connected'),
      (connected) => connected === 2,
    );
  });

  it('started before their servers, all processes are alive, wait, and serve when the servers are there', async () => {
    await Promise.all(stack.replicas.map((one) => one.stop()));
    expect(stack.replicas.map(({ name, exitCode }) => [name, exitCode])).toEqual(stack.replicas.map(({ name }) => [name, 0]));
    const { nats, mongo, redis } = stack.servers;
    await Promise.all([nats.kill(), mongo.kill(), redis.kill()]);
    const one = stack.replicas.filter(({ name }) => name.endsWith('-1'));
    for (const starting of one) starting.launch();
    for (const { adminOrigin } of one) {
      await until(
        () =>
          fetch(`${adminOrigin}/healthz`).then(
            ({ status }) => status,
            () => 0,
          ),
        (status) => status === 200,
      );
      expect((await readinessAt(adminOrigin)).status).toBe(503);
    }
    await nats.restart();
    await mongo.restart();
    await redis.restart();
    await Promise.all(one.map((waiting) => waiting.ready()));
    const { token } = await api.issueKey();
    for (let call = 0; call < 4; call += 1) expect((await api.validate(token)).status).toBe(200);
  });

  // Last: the stack keeps these in its list.
  it.each(SERVICES)('%s that is told another lease than the log was made with ends, and says so', async (service) => {
    const other = await stack.addReplica(service, { FENCE_LEASE_MS: '2000' });
    other.launch();
    await other.ended;
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toContain('FENCE_LEASE_MS is 2000, but this log was created with 1000.');
  });
});
