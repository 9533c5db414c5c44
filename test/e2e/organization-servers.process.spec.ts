import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintOrganizationToken } from '@app/tokens';
import { type Answer, BackendApi, type IssuedKey, KEYS, V1 } from '@test/support/clients/backend-api.js';
import { bytesOf, dataOf, OrganizationStage, PUBLIC, type StagedMember, type StagedOrg, wireId } from './organization-stage.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { until } from '@test/support/clock/until.js';

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const INVALID = '{"status":"success","data":{"valid":false}}';
const NO_KEY = '{"status":"error","message":"The credentials are missing or not valid."}';
const NOT_THERE = '{"status":"error","message":"Not found."}';
const isoTime = (): string => expect.stringMatching(ISO_TIME) as string;

describe.each(gatewayModes)('an organization’s own servers, $name', ({ start }) => {
  let server: TestedServer;
  let stage: OrganizationStage;
  let backend: BackendApi;
  let org: StagedOrg;
  let owner: StagedMember;
  let key: IssuedKey;

  beforeAll(async () => {
    server = await start();
    stage = OrganizationStage.of(server);
    backend = stage.backend;
    org = await stage.newOrg({ name: 'Blue Fig' });
    owner = await stage.newMember(org, 'Owner', { first_name: 'Ada', last_name: 'Lovelace' });
    key = await stage.newKey(owner, org);
  });
  afterAll(() => server?.remove());

  const verified = (token: unknown): Promise<Answer> => stage.verify(token, key.token, org);
  const member = (id: string): Promise<Answer> => stage.ask('GET', `/users/${id}`, key.token, org.slug);
  const shownUser = (who: Pick<StagedMember, 'wireId' | 'email'>, name: string) => ({
    id: who.wireId,
    name,
    email: who.email,
    role: 'user',
    isEmailVerified: false,
  });

  it('see their organization: plan `free`, or what its metadata says', async () => {
    const shown = { id: org.wireId, name: 'Blue Fig', slug: org.slug, plan: 'free', status: 'active', createdAt: isoTime() };
    expect(dataOf(await stage.ask('GET', '/org', key.token, org.slug))).toEqual({ org: shown });
    for (const [plan, said] of [
      ['pro', 'pro'],
      [7, 'free'],
      ['', 'free'],
      [null, 'free'],
    ]) {
      await backend.done('PUT', `${V1}/org/${org.orgId}`, { metadata: { plan } });
      expect(dataOf(await stage.ask('GET', '/org', key.token, org.slug))).toEqual({ org: { ...shown, plan: said } });
    }
  });

  it('learn of a member’s token who that is, in which role and where', async () => {
    const { createdAt: _, ...shownOrg } = dataOf(await stage.ask('GET', '/org', key.token, org.slug))['org'] as { readonly createdAt: string };
    const plain = await stage.newMember(org, 'Member', { username: `bob-${crypto.randomUUID().slice(0, 8)}` });
    const nameless = await stage.newMember(org, 'Admin', { first_name: '' });
    const { username } = await backend.done('GET', `${V1}/user/${plain.userId}`);
    for (const [who, name, role] of [
      [owner, 'Ada Lovelace', 'org_admin'],
      [plain, String(username), 'member'],
      [nameless, '', 'org_admin'],
    ] as const) {
      const seen = { user: shownUser(who, name), membership: { role, status: 'active', joinedAt: isoTime() } };
      for (const token of [who.endUser.accessToken, await stage.accessTokenOf(who.userId)]) {
        const answer = await verified(token);
        expect([answer.status, dataOf(answer)]).toEqual([200, { valid: true, ...seen, org: shownOrg }]);
      }
      expect(dataOf(await member(who.wireId))).toEqual(seen);
      expect(dataOf(await member(who.wireId.toUpperCase().replace('USR_', 'usr_')))).toEqual(seen);
    }
  });

  it('learn of any other token that it is not valid, and nothing else', async () => {
    const [blocked, deleted, left, loggedOut] = await Promise.all(Array.from({ length: 4 }, () => stage.newMember(org, 'Member')));
    const stranger = await stage.newMember(await stage.newOrg());
    const second = new BackendApi(server.origin, await server.newEnvironment('second'));
    const [header = '', claims = '', signature = ''] = owner.endUser.accessToken.split('.');
    const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const ended = [blocked, deleted, left, loggedOut].map((who) => who!.endUser.accessToken);
    for (const token of ended) expect(dataOf(await verified(token))).toMatchObject({ valid: true });
    await backend.done('POST', `${V1}/user/${blocked!.userId}/disable`);
    await backend.done('DELETE', `${V1}/user/${deleted!.userId}`);
    await backend.removeMember(left!.userId, org.orgId);
    await loggedOut!.endUser.call('POST', '/api/v1/logout');
    const foreign = new OrganizationStage(server.origin, second, 'second.example.test');
    const tokens = [
      ...ended,
      stranger.endUser.accessToken,
      await foreign.accessTokenOf(await second.createUser()),
      '',
      null,
      undefined,
      'nonsense',
      'a.b.c',
      key.token,
      server.backendKey,
      owner.endUser.cookies.get('refresh_token'),
      `${header}.${claims}.`,
      `${header}.${claims}.${signature.slice(0, -4)}AAAA`,
      `${encoded({ alg: 'none', typ: 'JWT' })}.${claims}.`,
      `${encoded({ alg: 'HS256', typ: 'JWT' })}.${claims}.${signature}`,
      `${header}.${encoded({ sub: owner.userId })}.${signature}`,
      `Bearer ${owner.endUser.accessToken}`,
    ];
    for (const token of tokens) {
      const answer = await verified(token);
      expect([token, answer.status, answer.text]).toEqual([token, 200, INVALID]);
    }
    const noBodies = [
      ['{broken', 'The request body must be valid JSON in UTF-8.'],
      ['[]', 'The request body must be a JSON object.'],
      ['"text"', 'The request body must be a JSON object.'],
    ] as const;
    for (const [body, sentence] of noBodies) {
      const answer = await stage.ask('POST', '/verify', key.token, org.slug, { body });
      expect([answer.status, answer.text]).toEqual([400, `{"status":"error","message":"body: ${sentence}"}`]);
    }
  });

  it.each([
    7,
    0,
    1e300,
    true,
    false,
    [],
    ['a.b.c'],
    {},
    { length: 5 },
    'a\u0000b',
    'line\nbreak',
    '\ud800.\udfff.\ud800',
    '💥',
    'x'.repeat(16_385),
    `${'x'.repeat(20_000)}.${'y'.repeat(20_000)}.z`,
    '...',
    '{"a":1}',
  ])('learn of what is not a token that it is not valid, like of any other: value %#', async (token) => {
    const answer = await verified(token);
    expect([answer.status, answer.text]).toEqual([200, INVALID]);
  });

  it('learn nothing of a good token that has something around it', async () => {
    const good = owner.endUser.accessToken;
    for (const token of [[good], { token: good }, ` ${good}`, `${good}\n`, `${good}\u0000`, `${good}=`]) {
      const answer = await verified(token);
      expect([token, answer.status, answer.text]).toEqual([token, 200, INVALID]);
    }
    expect(dataOf(await verified(good))).toMatchObject({ valid: true });
  });

  it('find members only: any other user is the same 404', async () => {
    const [blocked, deleted, left] = await Promise.all(Array.from({ length: 3 }, () => stage.newMember(org, 'Member')));
    const stranger = await stage.newMember(await stage.newOrg());
    for (const who of [blocked, deleted, left]) expect((await member(who!.wireId)).status).toBe(200);
    await backend.done('POST', `${V1}/user/${blocked!.userId}/disable`);
    await backend.done('DELETE', `${V1}/user/${deleted!.userId}`);
    await backend.removeMember(left!.userId, org.orgId);
    const ids = [blocked, deleted, left, stranger].map((who) => who!.wireId);
    for (const id of [...ids, wireId('usr', crypto.randomUUID()), owner.userId, 'usr_', 'usr_x', org.wireId, `usr_${owner.userId}`]) {
      const answer = await member(id);
      expect([id, answer.status, answer.text]).toEqual([id, 404, NOT_THERE]);
    }
    await backend.done('POST', `${V1}/user/${blocked!.userId}/enable`);
    await backend.addMember(left!.userId, org.orgId);
    for (const who of [blocked, left]) expect((await member(who!.wireId)).status).toBe(200);
  });

  it('without a living key of this organization get 401, the same bytes for all that may be wrong', async () => {
    const other = await stage.newOrg();
    const [revoked, expired, personal, generic] = [
      await stage.newKey(owner, org),
      await backend.issueKey({ org_id: org.orgId }),
      await backend.issueKey({ user_id: owner.userId }),
      await backend.issueKey(),
    ];
    const personalImport = await backend.importKey(`an imported token ${crypto.randomUUID()}`, { user_id: owner.userId });
    await backend.done('DELETE', `${KEYS}/${revoked.id}`);
    const expiresAt = Math.floor(Date.now() / 1000) + 2;
    await backend.done('PATCH', `${KEYS}/${expired.id}`, { expires_at_seconds: expiresAt });
    await until(
      () => Date.now(),
      (now) => now >= expiresAt * 1000,
    );
    const gone = await stage.newOrg();
    const orphan = await backend.issueKey({ org_id: gone.orgId });
    await backend.done('DELETE', `${V1}/org/${gone.orgId}`);
    const good = key.token;
    const tries: readonly (readonly [string | undefined, string | undefined])[] = [
      [undefined, org.slug],
      ['', org.slug],
      ['nonsense', org.slug],
      [`${good}0`, org.slug],
      [`${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`, org.slug],
      [mintOrganizationToken('pk_live_').reveal(), org.slug],
      [`Bearer ${good}`, org.slug],
      [revoked.token, org.slug],
      [expired.token, org.slug],
      [personal.token, org.slug],
      [generic.token, org.slug],
      [personalImport.token, org.slug],
      [server.backendKey, org.slug],
      [orphan.token, gone.slug],
      [good, other.slug],
      [good, 'no-such-slug'],
      [good, undefined],
      [good, ''],
      [good, org.slug.toUpperCase()],
      [owner.endUser.accessToken, org.slug],
    ];
    const [first, ...answers] = await Promise.all(
      tries.flatMap(([token, slug]) => [
        stage.ask('GET', '/org', token, slug),
        stage.ask('GET', `/users/${owner.wireId}`, token, slug),
        stage.ask('GET', '/users/nobody', token, slug),
        stage.ask('POST', '/verify', token, slug, { body: '{broken' }),
      ]),
    );
    expect([first?.status, first?.text, first?.headers.get('x-ratelimit-limit'), first?.headers.get('retry-after')]).toEqual([401, NO_KEY, null, null]);
    expect(new Set(answers.map((answer) => JSON.stringify(bytesOf(answer))))).toEqual(new Set([JSON.stringify(bytesOf(first!))]));
    const cookies = await owner.endUser.call('GET', `${PUBLIC}/org`, undefined, { 'x-org-slug': org.slug, authorization: `Bearer ${good}` });
    expect([cookies.status, cookies.text]).toEqual([401, NO_KEY]);
  });

  it('no key of another environment opens anything, whatever slug it has there', async () => {
    const third = new BackendApi(server.origin, await server.newEnvironment('third'));
    const there = new OrganizationStage(server.origin, third, 'third.example.test');
    const place = await there.newOrg({ name: 'Blue Fig' });
    const foreign = await third.issueKey({ org_id: place.orgId });
    expect([await stage.opens(foreign.token, place), await stage.opens(foreign.token, org)]).toEqual([false, false]);
    expect(dataOf(await there.ask('GET', '/org', foreign.token, place.slug))).toMatchObject({ org: { id: place.wireId } });
  });

  it('get no word for pages, however a page asks', async () => {
    const headers = { origin: server.authUrl, 'access-control-request-method': 'GET' };
    const answers = [
      await stage.ask('GET', '/org', key.token, org.slug, { headers }),
      await stage.ask('GET', '/org', undefined, org.slug, { headers }),
      await stage.newEndUser().call('OPTIONS', `${PUBLIC}/org`, undefined, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404]);
    for (const answer of answers) expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  describe('a key that the backend API made', () => {
    type Kind = readonly [name: string, make: (orgId: string, userId: string) => Promise<IssuedKey>];
    const kinds: readonly Kind[] = [
      ['of the organization', (orgId) => backend.issueKey({ org_id: orgId })],
      ['of a member', (orgId, userId) => backend.issueKey({ org_id: orgId, user_id: userId })],
      ['that was imported', (orgId, userId) => backend.importKey(`imported ${crypto.randomUUID()}`, { org_id: orgId, user_id: userId })],
      [
        'that was imported and looks like one of ours',
        (orgId, userId) => backend.importKey(mintOrganizationToken('pk_live_').reveal(), { org_id: orgId, user_id: userId }),
      ],
    ];

    it.each(kinds)('%s opens the API, counts, and dies with a revoke and with the organization', async (_, make) => {
      const place = await stage.newOrg();
      const { userId } = await stage.newMember(place);
      const [first, second] = [await make(place.orgId, userId), await make(place.orgId, userId)];
      expect([await stage.opens(first.token, place), await stage.opens(second.token, place)]).toEqual([true, true]);
      expect(
        await until(
          () => backend.usesOf(first.id),
          (uses) => uses > 0,
        ),
      ).toBe(1);
      await backend.done('DELETE', `${KEYS}/${first.id}`);
      expect([await stage.opens(first.token, place), await stage.opens(second.token, place)]).toEqual([false, true]);
      await backend.done('DELETE', `${V1}/org/${place.orgId}`);
      expect(await stage.opens(second.token, place)).toBe(false);
    });

    it('of a member who leaves or is blocked dies with the setting, and lives without it', async () => {
      for (const ends of [false, true]) {
        await server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: ends });
        const place = await stage.newOrg();
        await stage.newMember(place);
        for (const end of ['leave', 'block', 'creator leaves'] as const) {
          const who = await stage.newMember(place);
          const { token } = end === 'creator leaves' ? await stage.newKey(who, place) : await backend.issueKey({ org_id: place.orgId, user_id: who.userId });
          expect(await stage.opens(token, place)).toBe(true);
          if (end === 'block') await backend.done('POST', `${V1}/user/${who.userId}/disable`);
          else await backend.removeMember(who.userId, place.orgId);
          expect([end, await stage.opens(token, place)]).toEqual([end, !ends]);
        }
      }
    });
  });
});
