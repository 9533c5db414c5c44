import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { HOST_ENDPOINTS } from '@app/http-api';
import { BackendApi, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import { instanceModes, instancesOf } from './edge-instances.js';
import { EdgeTenant, FE } from './edge-tenant.js';
import { ownCall, tryAt } from './edge-tries.js';
import { EnvironmentSigner } from './environment-signer.js';
import { ORG_KEYS } from './organization-stage.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const PLAN = { name: 'moving', email: 'moving@example.test', password: 'a long enough password', orgName: 'Moving' };
const SET_UP_MS = 180_000;
const NEW_HOST = 'moved.keyfence.localhost';
const METADATA = `${V1}/token_verification_metadata`;

describe.each(instanceModes)('an environment that moves to another host, $name', ({ start }) => {
  let server: TestedServer;
  let tenant: EdgeTenant;
  /** Made under the old auth URL. */
  let oldToken: string;
  let movedAtMs: number;

  beforeAll(async () => {
    server = await start();
    tenant = await EdgeTenant.made(server, PLAN);
    oldToken = tenant.endUser.accessToken;
  }, SET_UP_MS);
  afterAll(() => server?.remove());

  const endUsersAt = (host: string): readonly EndUserApi[] => instancesOf(server).map((origin) => new EndUserApi(origin, host));
  const stateOf = async (endUser: EndUserApi, token: string): Promise<string> =>
    textAt(objectOf(await endUser.call('GET', `${FE}/login_state`, undefined, { authorization: `Bearer ${token}` })), 'login_state');
  const statesAt = (host: string, token: string): Promise<readonly string[]> => Promise.all(endUsersAt(host).map((endUser) => stateOf(endUser, token)));
  const eachInstance = <Seen>(seen: Seen): readonly Seen[] => instancesOf(server).map(() => seen);
  const move = (authUrl: string): Promise<unknown> => server.cliJson('environments', 'auth-url', authUrl, '--environment', PLAN.name);
  const forged = async (claims: Readonly<Record<string, unknown>>): Promise<string> => {
    const signer = await EnvironmentSigner.of(server, textAt(decodeProtectedHeader(oldToken), 'kid'));
    return signer.sign({ ...decodeJwt(oldToken), ...claims });
  };

  it('is nowhere else before', async () => {
    expect(await statesAt(tenant.host, oldToken)).toEqual(eachInstance('Finished'));
    for (const endUser of endUsersAt(NEW_HOST)) expect((await endUser.call('GET', `${FE}/login_state`)).status).toBe(404);
  });

  it('is at the new host and not at the old one, on every instance, when the command has ended', async () => {
    expect(await move(`http://${NEW_HOST}`)).toEqual({ environment: PLAN.name, authUrl: `http://${NEW_HOST}` });
    movedAtMs = Date.now();
    for (const origin of instancesOf(server)) {
      for (const endpoint of HOST_ENDPOINTS)
        expect([endpoint.id, (await tryAt(origin, tenant.host, endpoint, ownCall(endpoint, tenant))).status]).toEqual([endpoint.id, 404]);
      expect((await new EndUserApi(origin, NEW_HOST).call('GET', '/.well-known/jwks.json')).status).toBe(200);
    }
  });

  it('takes the tokens from before there, with everything that they open', async () => {
    expect(await statesAt(NEW_HOST, oldToken)).toEqual(eachInstance('Finished'));
    for (const endUser of endUsersAt(NEW_HOST)) {
      expect((await endUser.call('GET', ORG_KEYS, undefined, { ...tenant.bearer, 'x-org-slug': tenant.slug })).status).toBe(200);
      expect((await endUser.call('GET', '/api/v1/public/org', undefined, tenant.organizationKey)).status).toBe(200);
      const verified = await endUser.call('POST', '/api/v1/public/verify', { token: oldToken }, tenant.organizationKey);
      expect(objectOf(verified)).toMatchObject({ data: { valid: true } });
    }
  });

  it('goes on with the session, and signs with the new URL from now on', async () => {
    const endUser = new EndUserApi(server.origin, NEW_HOST);
    for (const [name, value] of tenant.endUser.cookies) endUser.cookies.set(name, value);
    const refreshed = objectOf(await endUser.call('GET', '/api/v1/refresh_token'));
    expect(decodeJwt(textAt(refreshed, 'access_token')).iss).toBe(`http://${NEW_HOST}`);
    expect(await statesAt(NEW_HOST, textAt(refreshed, 'access_token'))).toEqual(eachInstance('Finished'));
  });

  it('refuses a token with the old URL that is younger than the move, and one with a URL that it never had', async () => {
    const seconds = Math.floor(movedAtMs / 1_000) + 1;
    const [control, younger, stranger] = await Promise.all([{}, { iat: seconds, exp: seconds + 900 }, { iss: `https://${tenant.host}` }].map(forged));
    expect(await Promise.all([control, younger, stranger].map((token) => statesAt(NEW_HOST, token ?? '')))).toEqual(
      ['Finished', 'LoginRequired', 'LoginRequired'].map(eachInstance),
    );
  });

  it('has the backend API at whatever host, as before', async () => {
    const origin = instancesOf(server)[0] ?? '';
    for (const host of [tenant.host, NEW_HOST, 'nobody.example.test', '127.0.0.1']) {
      const answer = await new EndUserApi(origin, host).call('GET', METADATA, undefined, { authorization: `Bearer ${tenant.backend.backendKey}` });
      expect([host, answer.status]).toEqual([host, 200]);
    }
    const tenantHeader = (host: string) =>
      new BackendApi(server.origin, tenant.backend.backendKey).call('GET', METADATA, undefined, { 'x-propelauth-url': host });
    expect([(await tenantHeader(NEW_HOST)).status, (await tenantHeader(tenant.host)).status]).toEqual([200, 404]);
  });

  it(
    'leaves the old host to the next environment that asks, which gets nothing with it',
    async () => {
      await server.newEnvironment('taker', `http://${tenant.host}`);
      expect(await statesAt(tenant.host, oldToken)).toEqual(eachInstance('LoginRequired'));
      expect(await statesAt(NEW_HOST, oldToken)).toEqual(eachInstance('Finished'));
      for (const endUser of endUsersAt(tenant.host)) {
        expect((await endUser.call('GET', '/api/v1/refresh_token', undefined, tenant.refreshCookie)).status).toBe(401);
        expect((await endUser.call('GET', '/api/v1/public/org', undefined, tenant.organizationKey)).status).toBe(401);
      }
      const back = await server.cli('environments', 'auth-url', `http://${tenant.host}`, '--environment', PLAN.name, '--json');
      expect([back.code, /Another environment has this host/.test(back.stderr + back.stdout)]).toEqual([1, true]);
      expect(await statesAt(NEW_HOST, oldToken)).toEqual(eachInstance('Finished'));
    },
    SET_UP_MS,
  );
});
