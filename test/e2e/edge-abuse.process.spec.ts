import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import { EdgeTenant, FE } from './edge-tenant.js';
import { EnvironmentSigner } from './environment-signer.js';
import { type Forgery, forgeries, wrongClaims } from './forged-tokens.js';
import { ORG_KEYS } from './organization-stage.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const PLAN = { name: 'target', email: 'target@example.test', password: 'a long enough password', orgName: 'Target' };
const OTHER = { email: 'other@example.test', password: PLAN.password };
const SET_UP_MS = 180_000;

describe.each(gatewayModes)('forged access tokens, $name', ({ start }) => {
  let server: TestedServer;
  let tenant: EdgeTenant;
  let stranger: EndUserApi;
  let otherUserId: string;
  let signer: EnvironmentSigner;

  beforeAll(async () => {
    server = await start();
    tenant = await EdgeTenant.made(server, PLAN);
    otherUserId = await tenant.backend.createUser(OTHER);
    stranger = new EndUserApi(server.origin, tenant.host);
    signer = await EnvironmentSigner.of(server, textAt(decodeProtectedHeader(tenant.endUser.accessToken), 'kid'));
  }, SET_UP_MS);
  afterAll(() => server?.remove());

  /** Each way to show it, and what came of it: [status, body] of the login state by bearer and by cookie, of the organization's keys, of verify. */
  const shown = async (token: string): Promise<readonly unknown[]> => {
    const bearer = { authorization: `Bearer ${token}` };
    const answers = await Promise.all([
      stranger.call('GET', `${FE}/login_state`, undefined, bearer),
      stranger.call('GET', `${FE}/login_state`, undefined, { cookie: `access_token=${token}` }),
      stranger.call('GET', ORG_KEYS, undefined, { ...bearer, 'x-org-slug': tenant.slug }),
      stranger.call('DELETE', `${FE}/api_keys/${tenant.personalKey.id}`, undefined, { cookie: `access_token=${token}` }),
      stranger.call('POST', '/api/v1/public/verify', { token }, tenant.organizationKey),
    ]);
    return answers.map(({ status, text }, index) => (index < 2 ? [status, text] : index === 4 ? [status, textOf(text)] : status));
  };
  const textOf = (text: string): unknown => (JSON.parse(text) as { data?: unknown }).data ?? text;
  const REFUSED = [[200, '{"login_state":"LoginRequired"}'], [200, '{"login_state":"LoginRequired"}'], 401, 401, [200, { valid: false }]];
  const expectRefused = async (all: readonly Forgery[]): Promise<void> => {
    for (const [name, token] of all) expect([name, await shown(token)]).toEqual([name, REFUSED]);
  };

  it('never open anything, whatever is wrong with them and however they are shown', async () => {
    const publicKeyPem = createPublicKey(signer.keyOf(signer.environmentId)).export({ format: 'pem', type: 'spki' }).toString();
    await expectRefused(forgeries({ goodToken: tenant.endUser.accessToken, publicKeyPem, otherUserId }));
  });

  it('are as good as none where our own key has signed what does not hold', async () => {
    await expectRefused(await wrongClaims(signer, decodeJwt(tenant.endUser.accessToken), otherUserId));
  });

  it('a token that holds opens all of it, also one whose iat is ahead: clocks differ, and what ends it is exp', async () => {
    const claims = decodeJwt(tenant.endUser.accessToken);
    const ahead = { ...claims, iat: Math.floor(Date.now() / 1_000) + 60 };
    for (const token of [await signer.sign(claims), await signer.sign(ahead), await signer.signWithoutKeyId(claims)]) {
      expect(objectOf(await stranger.call('GET', `${FE}/login_state`, undefined, { authorization: `Bearer ${token}` }))).toEqual({ login_state: 'Finished' });
      expect(objectOf(await stranger.call('POST', '/api/v1/public/verify', { token }, tenant.organizationKey))).toMatchObject({ data: { valid: true } });
    }
  });

  it('tokens of a blocked user open nothing, wherever they were stolen to, and no refresh brings them back', async () => {
    const victim = new EndUserApi(server.origin, tenant.host);
    await victim.logIn(OTHER.email, OTHER.password);
    const cookie = [...victim.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const refreshToken = victim.cookies.get('refresh_token') ?? '';
    expect(objectOf(await stranger.call('GET', `${FE}/login_state`, undefined, { cookie }))).toEqual({ login_state: 'Finished' });
    await tenant.backend.done('POST', `${V1}/user/${otherUserId}/disable`);
    for (const block of ['blocked', 'unblocked']) {
      await expectRefused([[block, victim.accessToken]]);
      expect(objectOf(await stranger.call('GET', `${FE}/login_state`, undefined, { cookie }))).toEqual({ login_state: 'LoginRequired' });
      expect((await stranger.call('GET', '/api/v1/refresh_token', undefined, { cookie })).status).toBe(401);
      expect((await tenant.backend.call('POST', `${V1}/refresh_token`, { refresh_token: refreshToken })).status).toBe(400);
      await tenant.backend.done('POST', `${V1}/user/${otherUserId}/enable`);
    }
  });

  it('no token is in what the processes print', () => {
    const payload = tenant.endUser.accessToken.split('.')[1] ?? '';
    expect([payload, tenant.refreshToken, tenant.orgKey.token, PLAN.password].filter((secret) => server.everythingPrinted.includes(secret))).toEqual([]);
  });
});
