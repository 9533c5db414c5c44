import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendUsers } from './append-users.js';
import { BackendApi, KEYS, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { paste } from './curl-stand-in.js';
import { holdPort } from '@test/support/servers/held-port.js';
import { type Finished, runServerToItsEnd, temporaryFolder } from '@test/support/servers/standalone-process.js';
import { useServers } from './use-servers.js';

const PASSWORD = 'canary-password-Zq7!';

const started = useServers();

const expectOneSentence = ({ code, stdout, stderr }: Finished, about: RegExp): void => {
  expect(code).toBe(1);
  expect(stdout).not.toMatch(/listening/);
  const lines = stderr.trim().split('\n');
  expect(lines.length).toBe(1);
  expect(stderr).toMatch(about);
  expect(stderr).not.toMatch(/\bat .+:\d+:\d+/);
};

describe('starting', () => {
  it('the first start shows the address, the auth URL, one backend key and three commands that work as they are', async () => {
    const server = await started();
    await server.waitForStdout(/(?:curl[\s\S]*?){3}\n/);
    expect(server.authUrl).toMatch(/^https:\/\/\d{8}\.test\.keyfence\.localhost$/);
    expect(server.backendKey).toMatch(/^[0-9a-f]{128}$/);
    const commands = server.stdout.split('\n').filter((line) => line.includes('curl'));
    expect(commands.length).toBe(3);
    const answer: unknown = JSON.parse(await paste(commands));
    expect(answer).toMatchObject({ user: { enabled: true }, org: null, metadata: null });
  });

  it('a later start shows no key and says how to make another one; the old one still opens', async () => {
    const server = await started();
    await server.end('SIGTERM');
    await server.start();
    const [line] = await server.waitForStdout(/.*backend-keys create --name .+ --permissions .+ --environment test.*/);
    expect(line).toContain('npm run keyfence --');
    expect(server.stdout).not.toMatch(/[0-9a-f]{64}/);
    expect((await BackendApi.of(server).call('GET', KEYS)).status).toBe(200);
  });

  it('a port in use is one sentence and exit 1', async () => {
    const taken = await holdPort();
    const dataDir = temporaryFolder();
    expectOneSentence(await runServerToItsEnd({ PORT: String(taken.port), DATA_DIR: dataDir }), new RegExp(String(taken.port)));
    taken.release();
    rmSync(dataDir, { recursive: true });
  });

  it('a data folder that is a file is one sentence and exit 1', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, 'not a folder');
    expectOneSentence(await runServerToItsEnd({ PORT: '0', DATA_DIR: file }), /DATA_DIR|data folder/i);
    expect(readFileSync(file, 'utf8')).toBe('not a folder');
    rmSync(folder, { recursive: true });
  });

  it('a data folder that cannot be written is one sentence and exit 1', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    // The superuser writes everywhere but in the kernel's own folders.
    const dataDir = process.getuid?.() === 0 ? '/sys/keyfence' : join(folder, 'data');
    expectOneSentence(await runServerToItsEnd({ PORT: '0', DATA_DIR: dataDir }), /DATA_DIR|data folder/i);
    rmSync(folder, { recursive: true });
  });

  it.each(['abc', '-1', '70000', '80.5', '0x50'])('PORT=%s is one sentence and exit 1', async (port) => {
    const dataDir = temporaryFolder();
    expectOneSentence(await runServerToItsEnd({ PORT: port, DATA_DIR: dataDir }), /PORT/);
    rmSync(dataDir, { recursive: true });
  });

  it.each([
    ['FENCE_LEASE_MS', '10'],
    ['FENCE_LEASE_MS', 'soon'],
    ['PLATFORM_LIMIT_PER_MINUTE', '0'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is one sentence and exit 1', async (name, value) => {
    const dataDir = temporaryFolder();
    expectOneSentence(await runServerToItsEnd({ PORT: '0', DATA_DIR: dataDir, [name]: value }), new RegExp(name));
    rmSync(dataDir, { recursive: true });
  });

  it('a second server on the same folder is refused with one sentence, and the first goes on', async () => {
    const server = await started();
    expectOneSentence(await runServerToItsEnd({ PORT: '0', DATA_DIR: server.dataDir }), /in use|another|already|lock/i);
    expect((await BackendApi.of(server).call('GET', KEYS)).status).toBe(200);
  });

  it('another lease than the log was made with is refused with one sentence', async () => {
    const server = await started();
    await server.end('SIGTERM');
    expectOneSentence(await runServerToItsEnd({ PORT: '0', DATA_DIR: server.dataDir, FENCE_LEASE_MS: '2000' }), /FENCE_LEASE_MS|lease/i);
  });
});

describe('ending', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s lets what is in flight finish and exits with 0', async (signal) => {
    const server = await started();
    const api = BackendApi.of(server);
    const emails = Array.from({ length: 20 }, () => api.newEmail());
    // Hashing the passwords takes a while, so the signal finds all of them in flight; twenty are what one backend key may have at once.
    const created = emails.map((email) =>
      api.call('POST', `${V1}/user/`, { email, password: PASSWORD }).then(
        ({ status }) => status,
        () => 'refused' as const,
      ),
    );
    await Promise.race(created);
    server.signal(signal);
    const statuses = await Promise.all(created);
    expect(await server.waitForEnd()).toBe(0);
    expect(statuses.every((status) => status === 200 || status === 503 || status === 'refused')).toBe(true);
    await server.start();
    const after = new BackendApi(server.origin, server.backendKey);
    for (const [index, email] of emails.entries()) {
      if (statuses[index] === 200) expect((await after.call('GET', `${V1}/user/email?email=${encodeURIComponent(email)}`)).status).toBe(200);
    }
  });

  it('a validation answered just before the end is counted', async () => {
    const server = await started();
    const key = await BackendApi.of(server).issueKey();
    const statuses = await Promise.all(
      Array.from({ length: 5 }, () =>
        BackendApi.of(server)
          .validate(key.token)
          .then(({ status }) => status),
      ),
    );
    expect([statuses, await server.end('SIGTERM')]).toEqual([Array(5).fill(200), 0]);
    await server.start();
    expect(await BackendApi.of(server).usesOf(key.id)).toBe(5);
  });

  it('ends although connections have sent nothing, or half a request', async () => {
    const server = await started({ env: { FENCE_LEASE_MS: '1000' } });
    const { hostname, port } = new URL(server.origin);
    const silent = connect(Number(port), hostname);
    const half = connect(Number(port), hostname, () => half.write('POST /api/backend/v1/user/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{'));
    for (const socket of [silent, half]) socket.on('error', () => undefined);
    await Promise.all([silent, half].map((socket) => once(socket, 'connect')));
    expect((await BackendApi.of(server).call('GET', KEYS)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('starts at once with a long log and without its read models', async () => {
    const server = await started();
    const api = BackendApi.of(server);
    const key = await api.issueKey();
    expect(await server.end('SIGTERM')).toBe(0);
    await appendUsers(join(server.dataDir, 'log.db'), 60_000);
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(server.dataDir, `views.db${suffix}`), { force: true });
    await server.start();
    expect((await BackendApi.of(server).validate(key.token)).status).toBe(200);
  });

  it('an ended server leaves nothing on stderr', async () => {
    const server = await started();
    expect((await BackendApi.of(server).call('GET', KEYS)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(server.stderr).not.toMatch(/error|unhandled|warning/i);
  });

  it('what was acknowledged survives kill -9, and what was revoked is refused at the first request', async () => {
    const server = await started();
    const api = BackendApi.of(server);
    const [userId, orgId] = [await api.createUser({ email: 'survivor@example.test' }), await api.createOrg()];
    await api.addMember(userId, orgId, 'Owner');
    const kept = await api.issueKey({ user_id: userId, org_id: orgId, metadata: { keep: 1 } });
    const revoked = await api.issueKey();
    const blockedUser = await api.createUser();
    const blocked = await api.issueKey({ user_id: blockedUser });
    for (const key of [kept, revoked, blocked]) expect((await api.validate(key.token)).status).toBe(200);
    await api.done('POST', `${V1}/user/${blockedUser}/disable`);
    await api.done('DELETE', `${KEYS}/${revoked.id}`);
    await server.end('SIGKILL');
    await server.start();
    const after = BackendApi.of(server);
    expect((await after.validate(revoked.token)).status).toBe(400);
    expect((await after.validate(blocked.token)).status).toBe(400);
    expect(objectOf(await after.validate(kept.token))).toMatchObject({
      metadata: { keep: 1 },
      user_id: userId,
      org_id: orgId,
      user_in_org: { user_role: 'Owner' },
    });
    expect(await after.done('GET', `${V1}/user/${userId}`)).toMatchObject({ email: 'survivor@example.test' });
    expect(await after.listed('current', { user_id: userId })).toEqual([kept.id]);
    expect(await after.listed('archived', { user_id: blockedUser })).toEqual([blocked.id]);
  });

  it('no acknowledged creation is lost by a kill -9 in the middle of a hundred', async () => {
    const server = await started();
    const api = BackendApi.of(server);
    const acknowledged: string[] = [];
    const created = Array.from({ length: 100 }, async () => {
      acknowledged.push((await api.issueKey()).token);
      if (acknowledged.length === 40) await server.end('SIGKILL');
    });
    await Promise.allSettled(created);
    await server.start();
    const after = BackendApi.of(server);
    for (const token of acknowledged) expect((await after.validate(token)).status).toBe(200);
    expect(acknowledged.length).toBeGreaterThanOrEqual(40);
  });
});

describe('operating', () => {
  it('a request id is echoed, or made where none was given', async () => {
    const api = BackendApi.of(await started());
    const given = `trace-${crypto.randomUUID()}`;
    expect((await api.call('GET', KEYS, undefined, { 'x-request-id': given })).headers.get('x-request-id')).toBe(given);
    const made = await Promise.all([1, 2].map(async () => (await api.call('GET', KEYS)).headers.get('x-request-id')));
    expect(made[0]).toMatch(/\S/);
    expect(made[0]).not.toBe(made[1]);
  });

  it('what the command line changes beside a running server holds when the command is done', async () => {
    const server = await started();
    const api = BackendApi.of(server);
    const [blockedUser, user] = [await api.createUser(), await api.createUser()];
    const [blocked, revoked, kept] = [
      await api.issueKey({ user_id: blockedUser }),
      await api.issueKey({ user_id: user }),
      await api.issueKey({ user_id: user }),
    ];
    for (const key of [blocked, revoked, kept]) expect((await api.validate(key.token)).status).toBe(200);
    await server.cliJson('users', 'block', blockedUser);
    expect((await api.validate(blocked.token)).status).toBe(400);
    await server.cliJson('keys', 'revoke', revoked.id);
    expect((await api.validate(revoked.token)).status).toBe(400);
    expect((await api.validate(kept.token)).status).toBe(200);
    expect([await api.listed('current', { user_id: user }), await api.listed('archived', { user_id: blockedUser })]).toEqual([[kept.id], [blocked.id]]);
  });

  it('the log verifies after use, and a rebuild is refused beside a server and changes no answer without one', async () => {
    const server = await started();
    const api = BackendApi.of(server);
    const [userId, orgId] = [await api.createUser({ first_name: 'Ada' }), await api.createOrg()];
    await api.addMember(userId, orgId);
    const keys = [await api.issueKey({ user_id: userId }), await api.issueKey({ user_id: userId })];
    await api.done('DELETE', `${KEYS}/${keys[0]!.id}`);
    const see = async (): Promise<readonly unknown[]> => {
      const now = BackendApi.of(server);
      return Promise.all(
        [`${V1}/user/${userId}?include_orgs=true`, `${V1}/user/query`, `${V1}/org/${orgId}`, KEYS, `${KEYS}/archived`].map((path) => now.done('GET', path)),
      );
    };
    const before = await see();
    expect((await server.cli('rebuild')).code).toBe(1);
    await server.end('SIGTERM');
    expect((await server.cli('log', 'verify')).code).toBe(0);
    expect((await server.cli('rebuild')).code).toBe(0);
    await server.start();
    expect(await see()).toEqual(before);
    expect((await BackendApi.of(server).validate(keys[1]!.token)).status).toBe(200);
  });

  it('a revoked backend key opens nothing any more', async () => {
    const server = await started();
    const second = new BackendApi(server.origin, await server.newBackendKey('full-access'));
    expect((await second.call('GET', KEYS)).status).toBe(200);
    const listed = JSON.stringify(await server.cliJson('backend-keys', 'list'));
    expect(listed).not.toContain(second.backendKey);
    const ids = [...listed.matchAll(/"backendKeyId":"([^"]+)"/g)].map(([, id = '']) => id);
    expect(ids.length).toBe(2);
    for (const id of ids) await server.cliJson('backend-keys', 'revoke', id);
    for (const api of [second, BackendApi.of(server)]) expect((await api.call('GET', KEYS)).status).toBe(401);
  });

  it('no token, backend key or password is in the data folder or in anything printed', async () => {
    const server = await started({ env: { LOG_LEVEL: 'trace' } });
    const api = BackendApi.of(server);
    const userId = await api.createUser({ password: PASSWORD });
    const issued = await api.issueKey({ user_id: userId });
    const imported = await api.importKey(`canary legacy ${crypto.randomUUID()}`);
    const second = await server.newBackendKey('full-access');
    await api.done('PUT', `${V1}/user/${userId}/password`, { password: `${PASSWORD}2` });
    for (const call of [
      () => api.validate(issued.token),
      () => api.validateImported(imported.token),
      () => api.validate(`${issued.token}0`),
      () => api.call('POST', KEYS, `{"api_key_token":"${issued.token}"`),
    ])
      await call();
    const accessToken = textAt(await api.done('POST', `${V1}/access_token`, { user_id: userId, duration_in_minutes: 5 }), 'access_token');
    await new BackendApi(server.origin, second).call('GET', `${KEYS}?token=${issued.token}`);
    await api.done('DELETE', `${KEYS}/${issued.id}`);
    const secrets = [issued.token.slice(32), issued.token.slice(32, 88), imported.token, server.backendKey, second, PASSWORD, accessToken.split('.')[2] ?? ''];
    const stdoutWithoutTheFirstKey = server.everythingPrinted.replaceAll(server.backendKey, '');
    await server.end('SIGTERM');
    const files = readdirSync(server.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const secret of secrets) {
      expect(stdoutWithoutTheFirstKey).not.toContain(secret);
      expect(server.stderr).not.toContain(secret);
      for (const { parentPath, name } of files) expect([name, readFileSync(join(parentPath, name)).includes(secret)]).toEqual([name, false]);
    }
  });
});
