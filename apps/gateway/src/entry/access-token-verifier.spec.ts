import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { EnvironmentRecord, FenceRecordState } from '@app/domain';
import { tags } from '@app/domain';
import type { FenceNode } from '@app/fence';
import { SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENV, envRecord, userRecord } from '@test/support/fence/records.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import type { FenceRecords } from './fence-records.js';

const USER = '0d2f2a52-94ab-4a5e-9a54-6f7c9d7b0f11';
const SESSION = 'a'.repeat(32);
const NOW_MS = 1_800_000_000_000;
const ISSUER = 'https://auth.example';

let ours: KeyObject;
let pem: string;
let next: { readonly privateKey: KeyObject; readonly pem: string };

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }) as string };
};
beforeAll(() => {
  const first = pair();
  ours = first.privateKey;
  pem = first.pem;
  next = pair();
});

const signed = (claims: Readonly<Record<string, unknown>> = {}, key = ours, kid: string = ENV): Promise<string> =>
  new SignJWT({ sub: USER, sid: SESSION, iss: ISSUER, iat: NOW_MS / 1_000, exp: NOW_MS / 1_000 + 900, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(key);

describe('an access token that was checked before', () => {
  let nowMs = NOW_MS;
  let environment: EnvironmentRecord;
  let records: Map<string, FenceRecordState>;
  let verifier: AccessTokenVerifier;
  let token: string;
  const session = (ended: boolean) => ({ kind: 'session', sessionId: SESSION, environmentId: ENV, userId: USER, sessionEpoch: 0, ended }) as FenceRecordState;
  const userOf = async (shown = token) => (await verifier.verify(environment, shown))?.user.userId ?? null;

  beforeEach(async () => {
    nowMs = NOW_MS;
    environment = envRecord({ signingKeys: [{ keyId: ENV, publicKeyPem: pem, activatedAtMs: 0, retiredAtMs: null }] });
    records = new Map<string, FenceRecordState>([
      [tags.user(USER), userRecord(USER)],
      [tags.session(SESSION), session(false)],
    ]);
    const byName = (name: string) => Promise.resolve(records.get(name) ?? null);
    verifier = new AccessTokenVerifier({ now: () => nowMs } as FenceNode, { byName } as FenceRecords);
    token = await signed();
    expect(await userOf()).toBe(USER);
    expect(await userOf()).toBe(USER);
  });

  it('is dead after the logout of its session', async () => {
    records.set(tags.session(SESSION), session(true));
    expect(await userOf()).toBeNull();
  });

  it('is dead after a block of its user, which raises the epoch', async () => {
    records.set(tags.user(USER), userRecord(USER, { sessionEpoch: 1, blocked: true }));
    expect(await userOf()).toBeNull();
  });

  it('is dead when its signing key is revoked, and alive again with it', async () => {
    const { signingKeys } = environment;
    environment = { ...environment, signingKeys: [] };
    expect(await userOf()).toBeNull();
    environment = { ...environment, signingKeys };
    expect(await userOf()).toBe(USER);
  });

  it('is dead when another key has the id of the one that signed it', async () => {
    environment = { ...environment, signingKeys: [{ keyId: ENV, publicKeyPem: next.pem, activatedAtMs: 0, retiredAtMs: null }] };
    expect(await userOf()).toBeNull();
  });

  it('is dead in another environment, even with the same token', async () => {
    const other = envRecord({ environmentId: 'other', signingKeys: [{ keyId: 'other', publicKeyPem: next.pem, activatedAtMs: 0, retiredAtMs: null }] });
    expect(await verifier.verify(other, token)).toBeNull();
    expect(await userOf()).toBe(USER);
  });

  it('is dead when the environment has another auth URL, unless it is older than the change', async () => {
    const settings = { ...environment.settings, authUrl: 'https://new.example' };
    environment = { ...environment, settings, previousAuthUrls: [] };
    expect(await userOf()).toBeNull();
    environment = { ...environment, previousAuthUrls: [{ authUrl: ISSUER, replacedAtMs: NOW_MS }] };
    expect(await userOf()).toBe(USER);
  });

  it('is dead in the second in which it ends', async () => {
    nowMs = NOW_MS + 899_999;
    expect(await userOf()).toBe(USER);
    nowMs = NOW_MS + 900_000;
    expect(await userOf()).toBeNull();
  });

  it('does not lend its signature to another token', async () => {
    const [header, , signature] = token.split('.');
    const claims = Buffer.from(JSON.stringify({ sub: 'someone', iss: ISSUER, iat: 0, exp: 9_999_999_999 })).toString('base64url');
    expect(await userOf([header, claims, signature].join('.'))).toBeNull();
    expect(await userOf(`${token}=`)).toBeNull();
    expect(await userOf(await signed({}, next.privateKey))).toBeNull();
  });
});
