import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, at, KEYS, listAt, type Method, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi, type EndUserHeaders } from '@test/support/clients/browser-session.js';
import { dataOf, ORG_KEYS, OrganizationStage, type StagedMember, type StagedOrg, wireId } from './organization-stage.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { until } from '@test/support/clock/until.js';

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const NO_SESSION = '{"status":"error","message":"The credentials are missing or not valid."}';
const NOT_THERE = '{"status":"error","message":"Not found."}';
const NO_ADMIN = '{"status":"error","message":"Only administrators of the organization can do this."}';

describe.each(gatewayModes)('the keys of an organization, $name', ({ start }) => {
  let server: TestedServer;
  let stage: OrganizationStage;
  let org: StagedOrg;
  let owner: StagedMember;

  beforeAll(async () => {
    server = await start();
    stage = OrganizationStage.of(server);
    org = await stage.newOrg({ name: 'Blue Fig' });
    owner = await stage.newMember(org);
  });
  afterAll(() => server?.remove());

  const call = (
    method: Method,
    path: string,
    body?: unknown,
    headers: EndUserHeaders = {},
    { endUser }: Pick<StagedMember, 'endUser'> = owner,
  ): Promise<Answer> => endUser.call(method, path, body, { 'x-org-slug': org.slug, ...headers });
  const create = (body: unknown, headers?: EndUserHeaders, who?: StagedMember): Promise<Answer> => call('POST', ORG_KEYS, body, headers, who);
  const revoke = (keyId: string, headers?: EndUserHeaders, who?: StagedMember): Promise<Answer> =>
    call('DELETE', `${ORG_KEYS}/${keyId}`, undefined, headers, who);
  const listed = async (slug = org.slug, who = owner): Promise<readonly unknown[]> =>
    listAt(dataOf(await call('GET', ORG_KEYS, undefined, { 'x-org-slug': slug }, who)), 'apiKeys');
  const rowOf = async (keyId: string): Promise<unknown> => (await listed()).find((row) => at(row, 'id') === wireId('key', keyId));

  it('a new key is answered whole, this once, and looks the same in the list', async () => {
    const answer = await create({ name: 'deploy' });
    const data = dataOf(answer);
    const token = textAt(data, 'key');
    expect(answer.status).toBe(201);
    expect(token).toMatch(/^pk_live_[0-9a-f]{64}$/);
    const shown = {
      id: expect.stringMatching(/^key_[0-9a-f]{32}$/) as string,
      name: 'deploy',
      prefix: token.slice(0, 10),
      createdAt: expect.stringMatching(ISO_TIME) as string,
      expiresAt: null,
      lastUsedAt: null,
    };
    expect(data).toEqual({ key: token, apiKey: shown });
    const list = await call('GET', ORG_KEYS);
    expect(listAt(dataOf(list), 'apiKeys')[0]).toEqual({ ...(at(data, 'apiKey') as object), isActive: true });
    expect(list.text).toMatch(/"prefix":"[^"]*","isActive":true,"createdAt"/);
    expect(list.text).not.toContain(token);
    expect([answer, list].map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store']);
  });

  it('a name may be taken twice, and a session of the backend’s making is as good as a login', async () => {
    const headers = { authorization: `Bearer ${await stage.accessTokenOf(owner.userId)}` };
    const stranger = { ...owner, endUser: stage.newEndUser() };
    for (const who of [owner, stranger]) expect((await create({ name: 'twice' }, headers, who)).status).toBe(201);
    expect((await listed()).filter((row) => at(row, 'name') === 'twice').length).toBe(2);
  });

  it.each([
    ['2999-01-31T12:00:00.000Z', '2999-01-31T12:00:00.000Z'],
    ['2999-01-31T12:00:00+02:00', '2999-01-31T10:00:00.000Z'],
    ['2999-01-31', '2999-02-01T00:00:00.000Z'],
    ['9999-12-31', '9999-12-31T23:59:59.999Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    [null, null],
  ])('expiresAt %s is kept as %s', async (expiresAt, kept) => {
    const made = dataOf(await create({ name: 'limited', expiresAt }));
    expect(at(made, 'apiKey', 'expiresAt')).toBe(kept);
    expect(at(await rowOf(textAt(made, 'apiKey', 'id').slice(4)), 'expiresAt')).toBe(kept);
  });

  it.each([
    ['{broken', 'body'],
    [[], 'body'],
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: '  ' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ name: 'n', expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ name: 'n', expiresAt: 1_900_000_000 }, 'expiresAt'],
    [{ name: 'n', expiresAt: '2999-02-30' }, 'expiresAt'],
    [{ name: 'n', expiresAt: '2020-01-01' }, 'expiresAt'],
    [{ name: 'n', expiresAt: '2020-01-01T00:00:00.000Z' }, 'expiresAt'],
  ])('the body %j is 400, in the envelope, and names %s', async (body, field) => {
    const before = (await listed()).length;
    const answer = await create(body);
    expect([answer.status, objectOf(answer)]).toEqual([400, { status: 'error', message: expect.stringMatching(new RegExp(`^${field}: .+\\.?$`)) as string }]);
    expect((await listed()).length).toBe(before);
  });

  it.each(['2020-01-01', '1970-01-01', '1969-12-30', '1969-12-31T23:59:59.999Z', '0000-01-01'])(
    'the end %s is told to be in the past, like every past time',
    async (expiresAt) => {
      const answer = await create({ name: 'n', expiresAt });
      expect([answer.status, answer.text]).toEqual([400, '{"status":"error","message":"expiresAt: must be in the future, or left out"}']);
    },
  );

  it('an end of the year 9999 is a time of that year in the backend API too', async () => {
    const { id, token } = await stage.newKey(owner, org, { expiresAt: '9999-12-31' });
    expect(at(await stage.backend.done('GET', `${KEYS}/${id}`), 'expires_at_seconds')).toBe(253_402_300_799);
    expect(await stage.opens(token, org)).toBe(true);
  });

  it('without a session that holds everything is 401, whatever else is wrong: the same bytes', async () => {
    const [loggedOut, blocked] = [await stage.newMember(org), await stage.newMember(org)];
    const kept = loggedOut.endUser.accessToken;
    await loggedOut.endUser.call('POST', '/api/v1/logout');
    await stage.backend.done('POST', `${V1}/user/${blocked.userId}/disable`);
    const { token } = await stage.newKey(owner, org);
    const nobody = { ...owner, endUser: stage.newEndUser() };
    const tries = [
      {},
      { authorization: 'Bearer nonsense' },
      { authorization: `Bearer ${kept}` },
      { authorization: `Bearer ${blocked.endUser.accessToken}` },
      { 'x-api-key': token },
      { authorization: `Bearer ${token}` },
      { authorization: `Bearer ${server.backendKey}` },
      { 'x-org-slug': undefined },
    ];
    for (const headers of tries) {
      const answers = [
        await create('{broken', headers, nobody),
        await call('GET', ORG_KEYS, undefined, headers, nobody),
        await revoke('key_of_nobody', headers, nobody),
      ];
      expect(answers.map((answer) => [answer.status, answer.text])).toEqual(Array.from({ length: 3 }, () => [401, NO_SESSION]));
    }
  });

  it('an organization that the user is not in is answered like none at all, before anything is said of role and body', async () => {
    const [other, gone] = [await stage.newOrg(), await stage.newOrg()];
    const member = await stage.newMember(org, 'Member');
    await stage.backend.addMember(owner.userId, gone.orgId, 'Owner');
    await stage.backend.done('DELETE', `${V1}/org/${gone.orgId}`);
    for (const [who, slug] of [
      [owner, other.slug],
      [owner, 'no-such-slug'],
      [owner, undefined],
      [owner, gone.slug],
      [member, other.slug],
      [owner, org.slug.toUpperCase()],
    ] as const) {
      const headers = { 'x-org-slug': slug };
      const answers = [
        await create('{broken', headers, who),
        await call('GET', ORG_KEYS, undefined, headers, who),
        await revoke(wireId('key', '0'.repeat(32)), headers, who),
      ];
      expect(answers.map((answer) => [answer.status, answer.text])).toEqual(Array.from({ length: 3 }, () => [404, NOT_THERE]));
    }
  });

  it('owners and admins may, members may not, and an additional role that may is enough', async () => {
    for (const role of ['Owner', 'Admin']) expect((await create({ name: role }, {}, await stage.newMember(org, role))).status).toBe(201);
    const member = await stage.newMember(org, 'Member');
    const { id } = await stage.newKey(owner, org);
    const refused = [await create('{broken', {}, member), await call('GET', ORG_KEYS, undefined, {}, member), await revoke(wireId('key', id), {}, member)];
    expect(refused.map((answer) => [answer.status, answer.text])).toEqual(Array.from({ length: 3 }, () => [403, NO_ADMIN]));
    await stage.backend.done('POST', `${V1}/org/change_role`, { user_id: member.userId, org_id: org.orgId, role: 'Member', additional_roles: ['Admin'] });
    expect((await create({ name: 'additional' }, {}, member)).status).toBe(201);
  });

  it('every key of the organization is listed, wherever it was made, newest first, and none of another one', async () => {
    const place = await stage.newOrg();
    const admin = await stage.newMember(place, 'Admin', { first_name: 'Ada' });
    await stage.backend.issueKey({ org_id: (await stage.newOrg()).orgId });
    await stage.backend.issueKey({ user_id: admin.userId });
    const plain = await stage.backend.issueKey({ org_id: place.orgId });
    const named = await stage.backend.issueKey({ org_id: place.orgId, user_id: admin.userId, display_name: 'ci', expires_at_seconds: 32_000_000_000 });
    const imported = await stage.backend.importKey(`a token of another system ${crypto.randomUUID()}`, { org_id: place.orgId });
    const own = await stage.newKey(admin, place);
    const row = (id: string, more: object): object => ({
      id: wireId('key', id),
      name: '',
      prefix: '',
      isActive: true,
      createdAt: expect.stringMatching(ISO_TIME) as string,
      expiresAt: null,
      lastUsedAt: null,
      ...more,
    });
    expect(await listed(place.slug, admin)).toEqual([
      row(own.id, { name: 'deploy', prefix: own.token.slice(0, 10) }),
      row(imported.id, {}),
      row(named.id, { name: 'ci', prefix: named.token.slice(0, 10), expiresAt: '2984-01-15T08:53:20.000Z' }),
      row(plain.id, { prefix: plain.token.slice(0, 10) }),
    ]);
  });

  it('a revoked key is dead for every caller when the revoke returns, and only its own organization could revoke it', async () => {
    const { token, id } = await stage.newKey(owner, org);
    const stranger = await stage.newMember(await stage.newOrg());
    const strangerOrg = await stage.newOrg();
    await stage.backend.addMember(stranger.userId, strangerOrg.orgId, 'Owner');
    expect((await revoke(wireId('key', id), { 'x-org-slug': strangerOrg.slug }, stranger)).text).toBe(NOT_THERE);
    expect(await stage.opens(token, org)).toBe(true);
    const answer = await revoke(wireId('key', id));
    expect([answer.status, answer.text]).toEqual([200, '{"status":"success","data":{"message":"API key revoked"}}']);
    expect(await stage.opens(token, org)).toBe(false);
    expect((await stage.backend.validate(token)).status).toBe(400);
    const filter = { org_id: org.orgId };
    expect([(await stage.backend.listed('current', filter)).includes(id), (await stage.backend.listed('archived', filter)).includes(id)]).toEqual([
      false,
      true,
    ]);
    expect(await rowOf(id)).toMatchObject({ isActive: false });
    expect([(await revoke(wireId('key', id))).text, (await stage.backend.call('DELETE', `${KEYS}/${id}`)).status]).toEqual([NOT_THERE, 404]);
  });

  it('what is not a key of this organization cannot be revoked: one answer for all of it', async () => {
    const personal = await stage.backend.issueKey({ user_id: owner.userId });
    const generic = await stage.backend.issueKey();
    const { id } = await stage.newKey(owner, org);
    const ids = [
      wireId('key', personal.id),
      wireId('key', generic.id),
      wireId('key', 'f'.repeat(32)),
      'key_',
      'key_1',
      id,
      `usr_${id}`,
      '..%2f',
      wireId('key', id) + '0',
    ];
    const answers = await Promise.all(ids.map((one) => revoke(one)));
    expect(answers.map(({ status, text }) => [status, text])).toEqual(ids.map(() => [404, NOT_THERE]));
    expect([(await stage.backend.validate(personal.token)).status, (await stage.backend.validate(generic.token)).status]).toEqual([200, 200]);
  });

  it('a key made here is an organization key of the backend API, and ends there too', async () => {
    const { token, id } = await stage.newKey(owner, org);
    const fetched = await stage.backend.done('GET', `${KEYS}/${id}`);
    expect(fetched).toMatchObject({ org_id: org.orgId, user_id: null, display_name: 'deploy' });
    expect(objectOf(await stage.backend.validate(token))).toMatchObject({ org_id: org.orgId, user: null, org: { org_name: 'Blue Fig' } });
    await stage.backend.done('DELETE', `${KEYS}/${id}`);
    expect(await stage.opens(token, org)).toBe(false);
    expect(await rowOf(id)).toMatchObject({ isActive: false });
  });

  it('last use moves when servers use the key, and each use is counted', async () => {
    const { token, id } = await stage.newKey(owner, org);
    const before = Date.now();
    for (let use = 0; use < 5; use += 1) await stage.opens(token, org);
    await stage.ask('GET', '/users/usr_nobody', token, org.slug);
    await stage.ask('GET', '/org', token, 'another-slug');
    expect(
      await until(
        () => stage.backend.usesOf(id),
        (uses) => uses >= 6,
      ),
    ).toBe(6);
    expect(Date.parse(textAt(await rowOf(id), 'lastUsedAt'))).toBeGreaterThanOrEqual(before - 1);
  });

  it('pages of the environment may call with cookies; those of a foreign origin are refused and told nothing', async () => {
    const own = await call('GET', ORG_KEYS, undefined, { origin: server.authUrl });
    expect([own.status, own.headers.get('access-control-allow-origin'), own.headers.get('access-control-allow-credentials')]).toEqual([
      200,
      server.authUrl,
      'true',
    ]);
    const foreign = await call('GET', ORG_KEYS, undefined, { origin: 'https://evil.example.test' });
    expect([foreign.status, objectOf(foreign)['status'], foreign.headers.get('access-control-allow-origin')]).toEqual([403, 'error', null]);
  });

  it('the switches of the environment: keys off means none can be made, organizations off that there is nothing', async () => {
    const { token, id } = await stage.newKey(owner, org);
    await server.changeSettings({ orgApiKeysEnabled: false });
    const off = await create('{broken');
    expect([off.status, off.text]).toEqual([403, '{"status":"error","message":"Organization keys are disabled in this environment."}']);
    expect(await stage.opens(token, org)).toBe(false);
    expect((await revoke(wireId('key', id))).status).toBe(200);
    await server.changeSettings({ orgApiKeysEnabled: true });
    const { token: living } = await stage.newKey(owner, org);
    await server.changeSettings({ organizationsEnabled: false });
    expect((await stage.ask('GET', '/org', token, org.slug)).status).toBe(401);
    const all = [
      await create({ name: 'n' }),
      await call('GET', ORG_KEYS),
      await revoke(wireId('key', id)),
      await stage.ask('GET', '/org', living, org.slug),
      await stage.ask('GET', `/users/${owner.wireId}`, living, org.slug),
      await stage.ask('POST', '/verify', living, org.slug, { body: '{broken' }),
    ];
    expect(all.map(({ status, text }) => [status, text])).toEqual(
      all.map(() => [426, '{"status":"error","message":"Organizations are disabled in this environment."}']),
    );
    await server.changeSettings({ organizationsEnabled: true, emailConfirmationRequired: true });
    expect((await create({ name: 'n' })).status).toBe(403);
    await server.changeSettings({ emailConfirmationRequired: false });
  });

  it('what has no route here, and a host that no environment has, are 404 in the envelope', async () => {
    const elsewhere = { ...owner, endUser: new EndUserApi(server.origin, 'unknown.example.test') };
    const answers = [
      await call('GET', '/api/v1/org/nothing'),
      await call('PUT', ORG_KEYS),
      await call('GET', '/api/v1/org'),
      await call('GET', ORG_KEYS, undefined, {}, elsewhere),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(() => [404, NOT_THERE]));
  });
});
