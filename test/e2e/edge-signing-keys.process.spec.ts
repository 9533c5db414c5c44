import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importSPKI, type JSONWebKeySet, jwtVerify } from 'jose';
import { type JsonObject, listAt, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import { instanceModes, instancesOf } from './edge-instances.js';
import { EdgeTenant, FE } from './edge-tenant.js';
import { EnvironmentSigner } from './environment-signer.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const PLAN = { name: 'rotating', email: 'rotating@example.test', password: 'a long enough password', orgName: 'Rotating' };
const SET_UP_MS = 180_000;

describe.each(instanceModes)('rotating a signing key, $name', ({ start }) => {
  let server: TestedServer;
  let tenant: EdgeTenant;
  let firstKeyId: string;
  let firstToken: string;
  let published: JsonObject;

  beforeAll(async () => {
    server = await start();
    tenant = await EdgeTenant.made(server, PLAN);
    firstToken = tenant.endUser.accessToken;
    firstKeyId = textAt(decodeProtectedHeader(firstToken), 'kid');
  }, SET_UP_MS);
  afterAll(() => server?.remove());

  const endUsers = (): readonly EndUserApi[] => instancesOf(server).map((origin) => new EndUserApi(origin, tenant.host));
  const eachInstance = <Seen>(seen: Seen): readonly Seen[] => instancesOf(server).map(() => seen);
  const keySets = () => Promise.all(endUsers().map(async (endUser) => objectOf(await endUser.call('GET', '/.well-known/jwks.json'))));
  const publishedIds = async () =>
    (await keySets()).map((set) =>
      listAt(set, 'keys')
        .map((key) => textAt(key, 'kid'))
        .toSorted(),
    );
  const statesOf = (token: string) =>
    Promise.all(
      endUsers().map(async (endUser) =>
        textAt(objectOf(await endUser.call('GET', `${FE}/login_state`, undefined, { authorization: `Bearer ${token}` })), 'login_state'),
      ),
    );
  const newToken = async (): Promise<string> => {
    await tenant.endUser.call('GET', '/api/v1/refresh_token');
    return tenant.endUser.accessToken;
  };
  const backendToken = async (): Promise<string> =>
    textAt(await tenant.backend.done('POST', `${V1}/access_token`, { user_id: tenant.userId, duration_in_minutes: 5 }), 'access_token');
  const signersOf = async () => (await Promise.all([newToken(), backendToken()])).map((token) => decodeProtectedHeader(token).kid);
  const metadataKeys = async (): Promise<readonly string[]> =>
    Promise.all([V1, '/api/v1'].map(async (base) => textAt(await tenant.backend.done('GET', `${base}/token_verification_metadata`), 'public_key_pem')));
  /** As the official clients check a token: with the one PEM that the metadata endpoint gives, or with the published set. */
  const checksByPem = async (token: string): Promise<boolean> => {
    const [pem = ''] = await metadataKeys();
    return jwtVerify(token, await importSPKI(pem, 'RS256'), { algorithms: ['RS256'], issuer: `http://${tenant.host}` }).then(
      () => true,
      () => false,
    );
  };
  const checksBySet = async (token: string): Promise<boolean> => {
    const [set] = await keySets();
    return jwtVerify(token, createLocalJWKSet(set as unknown as JSONWebKeySet), { issuer: `http://${tenant.host}` }).then(
      () => true,
      () => false,
    );
  };

  it('one key signs and is published at first', async () => {
    expect(await publishedIds()).toEqual(eachInstance([firstKeyId]));
    expect(await signersOf()).toEqual([firstKeyId, firstKeyId]);
    expect([await checksByPem(firstToken), await checksBySet(firstToken)]).toEqual([true, true]);
  });

  it('published, the next one is known everywhere and signs nothing', async () => {
    published = (await server.cliJson('signing-keys', 'publish', '--environment', PLAN.name)) as JsonObject;
    expect(await publishedIds()).toEqual(eachInstance([firstKeyId, textAt(published, 'keyId')].toSorted()));
    expect(await signersOf()).toEqual([firstKeyId, firstKeyId]);
    expect(await metadataKeys()).not.toContain(textAt(published, 'publicKeyPem'));
    expect(await statesOf(firstToken)).toEqual(eachInstance('Finished'));
  });

  it('what is signed with it before its time is refused, whatever key it names', async () => {
    const signer = await EnvironmentSigner.of(server, firstKeyId);
    const keyId = textAt(published, 'keyId');
    const claims = decodeJwt(firstToken);
    expect(await statesOf(await signer.sign(claims))).toEqual(eachInstance('Finished'));
    for (const token of [
      await signer.sign(claims, {}, keyId),
      await signer.sign(claims, { kid: firstKeyId }, keyId),
      await signer.sign(claims, { kid: keyId }),
    ]) {
      expect(await statesOf(token)).toEqual(eachInstance('LoginRequired'));
    }
  });

  it('no second one can be published meanwhile', async () => {
    const { code } = await server.cli('signing-keys', 'publish', '--environment', PLAN.name, '--json');
    expect(code).toBe(1);
    expect((await publishedIds())[0]?.length).toBe(2);
  });

  it('activated, it signs everything, and the tokens from before stay good', async () => {
    const keyId = textAt(published, 'keyId');
    await server.cliJson('signing-keys', 'activate', keyId, '--environment', PLAN.name);
    expect(await signersOf()).toEqual([keyId, keyId]);
    expect(await metadataKeys()).toEqual([published['publicKeyPem'], published['publicKeyPem']]);
    const token = await newToken();
    expect([await statesOf(token), await statesOf(firstToken)]).toEqual([eachInstance('Finished'), eachInstance('Finished')]);
    expect(await Promise.all([checksByPem(token), checksBySet(token), checksBySet(firstToken)])).toEqual([true, true, true]);
    expect(await publishedIds()).toEqual(eachInstance([firstKeyId, keyId].toSorted()));
  });

  it('the one before never signs again, by no command', async () => {
    const { code } = await server.cli('signing-keys', 'activate', firstKeyId, '--environment', PLAN.name, '--json');
    expect(code).toBe(1);
    expect(await signersOf()).toEqual([published['keyId'], published['keyId']]);
  });

  it('one that signs cannot be revoked, by no command', async () => {
    const { code } = await server.cli('signing-keys', 'revoke', textAt(published, 'keyId'), '--environment', PLAN.name, '--json');
    expect(code).toBe(1);
  });

  it('revoked, the one before ends every token that it signed, at once and on every instance; sessions go on', async () => {
    const signer = await EnvironmentSigner.of(server, firstKeyId);
    const forged = await signer.sign({ ...decodeJwt(firstToken), jti: 'forged' }, {}, firstKeyId);
    expect(await statesOf(forged)).toEqual(eachInstance('Finished'));
    await server.cliJson('signing-keys', 'revoke', firstKeyId, '--environment', PLAN.name);
    for (const token of [firstToken, forged]) expect(await statesOf(token)).toEqual(eachInstance('LoginRequired'));
    expect(await publishedIds()).toEqual(eachInstance([published['keyId']]));
    expect(await checksBySet(firstToken)).toBe(false);
    expect(await statesOf(await newToken())).toEqual(eachInstance('Finished'));
  });
});
