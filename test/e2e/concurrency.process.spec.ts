import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, at, BackendApi, KEYS, listAt, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';

const newIdempotencyKey = (): Readonly<Record<string, string>> => ({ 'idempotency-key': crypto.randomUUID() });
const statuses = (answers: readonly Answer[]): readonly number[] => answers.map(({ status }) => status).sort((left, right) => left - right);

describe('what happens at the same moment is decided by the log', () => {
  let server: StandaloneServer;
  let api: BackendApi;
  beforeAll(async () => {
    server = await StandaloneServer.started();
    api = BackendApi.of(server);
  });
  afterAll(() => server?.remove());

  it('of two keys issued at once under one Idempotency-Key one is made, and the other answer names it without its token', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [userId, headers] = [await api.createUser(), newIdempotencyKey()];
      const body = { user_id: userId, metadata: { round } };
      const answers = await Promise.all([1, 2].map(() => api.call('POST', KEYS, body, headers)));
      expect(statuses(answers)).toEqual([200, 409]);
      const [made, repeated] = [...answers].sort((left, right) => left.status - right.status).map(objectOf);
      expect(at(repeated, 'api_key_id')).toBe(at(made, 'api_key_id'));
      expect(textAt(repeated, 'error')).toMatch(/once/i);
      expect(Object.keys(repeated ?? {}).sort()).toEqual(['api_key_id', 'error']);
      expect(await api.listed('current', { user_id: userId })).toEqual([at(made, 'api_key_id')]);
      expect((await api.validate(textAt(made, 'api_key_token'))).status).toBe(200);
    }
  });

  it('a repeated key creation is 409 later too, and another body is refused by field', async () => {
    const headers = newIdempotencyKey();
    const first = await api.call('POST', KEYS, { metadata: { a: 1 } }, headers);
    const again = await api.call('POST', KEYS, { metadata: { a: 1 } }, headers);
    const other = await api.call('POST', KEYS, { metadata: { a: 2 } }, headers);
    expect([first.status, again.status, other.status]).toEqual([200, 409, 400]);
    expect(textAt(objectOf(again), 'api_key_id')).toBe(textAt(objectOf(first), 'api_key_id'));
    expect(Object.keys(objectOf(other))).toEqual(['idempotency_key']);
  });

  it('users and organizations created at once under one Idempotency-Key are one, and every answer is the first', async () => {
    for (const [path, idField, body] of [
      [`${V1}/user/`, 'user_id', () => ({ email: api.newEmail() })],
      [`${V1}/org/`, 'org_id', () => ({ name: `Org ${crypto.randomUUID()}` })],
    ] as const) {
      for (let round = 0; round < 10; round += 1) {
        const [headers, fields] = [newIdempotencyKey(), body()];
        const answers = await Promise.all([1, 2, 3].map(() => api.call('POST', path, fields, headers)));
        expect(statuses(answers)).toEqual([200, 200, 200]);
        expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
        expect(textAt(objectOf(answers[0]!), idField)).toMatch(/^[0-9a-f-]{36}$/);
        expect((await api.call('POST', path, fields, headers)).text).toBe(answers[0]!.text);
        const other = await api.call('POST', path, body(), headers);
        expect([other.status, Object.keys(objectOf(other))]).toEqual([400, ['idempotency_key']]);
      }
    }
  });

  it('an Idempotency-Key is apart per route and per backend key', async () => {
    const headers = newIdempotencyKey();
    expect((await api.call('POST', `${V1}/user/`, { email: api.newEmail() }, headers)).status).toBe(200);
    expect((await api.call('POST', `${V1}/org/`, { name: 'Another route' }, headers)).status).toBe(200);
    const second = new BackendApi(server.origin, await server.newBackendKey('full-access'));
    expect((await second.call('POST', `${V1}/user/`, { email: api.newEmail() }, headers)).status).toBe(200);
  });

  it('an import under an Idempotency-Key shows no secret, so its repetition is the first answer', async () => {
    const [headers, body] = [newIdempotencyKey(), { imported_api_key: `legacy ${crypto.randomUUID()}` }];
    const answers = await Promise.all([1, 2].map(() => api.call('POST', `${KEYS}/import`, body, headers)));
    expect(statuses(answers)).toEqual([200, 200]);
    expect(answers[0]!.text).toBe(answers[1]!.text);
  });

  it('a key issued while its user is being blocked never validates once both have returned', async () => {
    for (let round = 0; round < 200; round += 1) {
      const userId = await api.createUser();
      const [issued, blocked] = await Promise.all([api.call('POST', KEYS, { user_id: userId }), api.call('POST', `${V1}/user/${userId}/disable`)]);
      expect(blocked.status).toBe(200);
      expect([200, 400]).toContain(issued.status);
      if (issued.status === 200) expect((await api.validate(textAt(objectOf(issued), 'api_key_token'))).status).toBe(400);
      else expect(Object.keys(objectOf(issued))).toEqual(['user_id']);
      expect(await api.listed('current', { user_id: userId })).toEqual([]);
    }
  });

  it('a key issued while its organization is being deleted never validates once both have returned', async () => {
    for (let round = 0; round < 50; round += 1) {
      const orgId = await api.createOrg();
      const [issued, deleted] = await Promise.all([api.call('POST', KEYS, { org_id: orgId }), api.call('DELETE', `${V1}/org/${orgId}`)]);
      expect(deleted.status).toBe(200);
      if (issued.status === 200) expect((await api.validate(textAt(objectOf(issued), 'api_key_token'))).status).toBe(400);
      else expect(issued.status).toBe(400);
    }
  });

  it('of two last owners leaving at once one stays', async () => {
    for (let round = 0; round < 30; round += 1) {
      const orgId = await api.createOrg();
      const owners = [await api.createUser(), await api.createUser()];
      for (const owner of owners) await api.addMember(owner, orgId, 'Owner');
      await api.addMember(await api.createUser(), orgId, 'Member');
      const answers = await Promise.all(owners.map((userId) => api.call('POST', `${V1}/org/remove_user`, { user_id: userId, org_id: orgId })));
      expect(statuses(answers)).toEqual([200, 400]);
      const left = listAt(await api.done('GET', `${V1}/user/org/${orgId}?role=Owner`), 'users');
      expect(left.length).toBe(1);
    }
  });

  it('the last place in an organization is taken once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const orgId = await api.createOrg({ max_users: 1 });
      const users = [await api.createUser(), await api.createUser(), await api.createUser()];
      const answers = await Promise.all(users.map((userId) => api.call('POST', `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role: 'Member' })));
      expect(statuses(answers)).toEqual([200, 400, 400]);
    }
  });

  it('of two users with one address at once one is made, and so with usernames and imported tokens', async () => {
    for (let round = 0; round < 20; round += 1) {
      const email = api.newEmail();
      const users = await Promise.all([email, email.toUpperCase()].map((address) => api.call('POST', `${V1}/user/`, { email: address })));
      expect(statuses(users)).toEqual([200, 400]);
      const username = `u${crypto.randomUUID().slice(0, 8)}`;
      expect(statuses(await Promise.all([1, 2].map(() => api.call('POST', `${V1}/user/`, { email: api.newEmail(), username }))))).toEqual([200, 400]);
      const legacy = `legacy ${crypto.randomUUID()}`;
      expect(statuses(await Promise.all([1, 2].map(() => api.call('POST', `${KEYS}/import`, { imported_api_key: legacy }))))).toEqual([200, 400]);
    }
  });

  it('a key deleted twice at once is deleted once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id } = await api.issueKey();
      expect(statuses(await Promise.all([1, 2].map(() => api.call('DELETE', `${KEYS}/${id}`))))).toEqual([200, 404]);
    }
  });

  it.each([
    ['revoked', (_: string, keyId: string) => api.call('DELETE', `${KEYS}/${keyId}`)],
    ['its user blocked', (userId: string) => api.call('POST', `${V1}/user/${userId}/disable`)],
    ['its user deleted', (userId: string) => api.call('DELETE', `${V1}/user/${userId}`)],
  ])('under a storm of validations no validation that begins after the answer is valid: %s', async (_, deny) => {
    for (let round = 0; round < 10; round += 1) {
      const userId = await api.createUser();
      const { id, token } = await api.issueKey({ user_id: userId });
      let denied = false;
      let over = false;
      const violations: number[] = [];
      let validBefore = 0;
      const storm = async (): Promise<void> => {
        while (!over) {
          const beganAfter = denied;
          const { status } = await api.validate(token);
          if (beganAfter && status !== 400) violations.push(status);
          if (!beganAfter && status === 200) validBefore += 1;
        }
      };
      const storms = Array.from({ length: 8 }, storm);
      // The storm is under way before the denial is asked for.
      await expect.poll(() => validBefore, { interval: 1, timeout: 20_000 }).toBeGreaterThan(50);
      expect((await deny(userId, id)).status).toBe(200);
      denied = true;
      for (let after = 0; after < 50; after += 1) expect((await api.validate(token)).status).toBe(400);
      over = true;
      await Promise.all(storms);
      expect(violations).toEqual([]);
    }
  });

  it('under a storm of validations a change of metadata shows in every validation that begins after the answer', async () => {
    const { id, token } = await api.issueKey({ metadata: { version: 0 } });
    let acknowledged = 0;
    let over = false;
    const stale: unknown[] = [];
    const storm = async (): Promise<void> => {
      while (!over) {
        const atLeast = acknowledged;
        const version = at(objectOf(await api.validate(token)), 'metadata', 'version');
        if (Number(version) < atLeast) stale.push([version, atLeast]);
      }
    };
    const storms = Array.from({ length: 8 }, storm);
    for (let version = 1; version <= 100; version += 1) {
      await api.done('PATCH', `${KEYS}/${id}`, { metadata: { version } });
      acknowledged = version;
    }
    over = true;
    await Promise.all(storms);
    expect(stale).toEqual([]);
  });
});
