import { defaultSettings, type KeyRecord } from '@app/domain';
import { mintApiKeyToken, mintBackendKey, newKeyId } from '@app/tokens';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VerdictLink } from '@app/fence/node/cached-record.js';
import { ENV, envRecord, keyRecord, membership, orgRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { type Answer, expectText, VALIDATE, VALIDATE_IMPORTED, ValidationServer } from './testing/validation-server.js';

const USER = '0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10';
const ORG = '7c1d9a52-88e4-4f3a-8a6b-1e2d3c4b5a69';
const OLD_KEY = 'an old key of the customer';

let server: ValidationServer;
beforeEach(async () => {
  server = await new ValidationServer().start();
});
afterEach(() => server.stop());

const expectEmpty = (answer: Answer, status: number): void => {
  expect(answer).toMatchObject({ status, body: '' });
  expect(answer.headers['content-type']).toBeUndefined();
};
const ofUser = (changes: Partial<KeyRecord> = {}) => ({ key: personalKey(newKeyId(), USER, changes), user: userRecord(USER) });
const limited = (allowPerPeriod: number) =>
  envRecord({ settings: { ...defaultSettings('https://a.test'), personalApiKeyRateLimit: { periodType: 'seconds', periodSize: 10, allowPerPeriod } } });

describe('200', () => {
  it('a personal key returns its user and nothing of an organization', async () => {
    const { token } = server.node.addNativeKey(ofUser({ metadata: { tier: 'gold', name: 'Grüße 🔑' } }));
    const answer = await server.validate(token);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      metadata: { tier: 'gold', name: 'Grüße 🔑' },
      user: { user_id: USER },
      org: null,
      user_in_org: null,
      user_id: USER,
      org_id: null,
    });
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.body));
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });

  it('an organization key of a member answers organization and membership', async () => {
    const { token } = server.node.addNativeKey({
      key: keyRecord(newKeyId(), { orgId: ORG, userId: USER, memberEpoch: 0 }),
      user: userRecord(USER, { memberships: { [ORG]: membership() } }),
      org: orgRecord(ORG),
      memberOrgs: [orgRecord(ORG)],
    });
    expect(JSON.parse((await server.validate(token)).body)).toMatchObject({ org: { org_id: ORG }, user_in_org: { org_id: ORG }, org_id: ORG, user_id: USER });
  });

  it('a hit in memory asks no other process, and its bytes are made once', async () => {
    const { token, digest } = server.node.addNativeKey(ofUser());
    const first = await server.validate(token);
    const bytes = server.node.record(digest).answer;
    expect((await server.validate(token)).body).toBe(first.body);
    expect(server.node.record(digest).answer).toBe(bytes);
    expect(server.node.lookUps).toEqual([]);
    expect(server.counts).toMatchObject({ valid: 2, lookedUp: 0 });
  });

  it('bytes that the node dropped are made again from the records of now', async () => {
    const { token, digest } = server.node.addNativeKey(ofUser());
    await server.validate(token);
    const record = server.node.record(digest);
    record.answer = null;
    record.link = new VerdictLink(
      { environment: envRecord(), user: userRecord(USER, { email: 'new@example.com' }), org: null, creator: null, memberOrgs: [] },
      [],
    );
    expect(JSON.parse((await server.validate(token)).body)).toMatchObject({ user: { email: 'new@example.com' } });
  });

  it('a key that memory does not have is looked up', async () => {
    const { token } = server.node.addNativeKey(ofUser());
    server.node.forget();
    expect((await server.validate(token)).status).toBe(200);
    expect(server.counts).toMatchObject({ valid: 1, lookedUp: 1 });
  });

  it('paths with a trailing slash or a query, a Bearer prefix in any case and any content type are taken', async () => {
    const { token } = server.node.addNativeKey();
    server.node.addImportedKey(OLD_KEY);
    expect((await server.validate(token, { path: `${VALIDATE}/` })).status).toBe(200);
    expect((await server.validate(token, { path: `${VALIDATE}?` })).status).toBe(200);
    expect((await server.validate(`bEARER ${token}`, { headers: { 'content-type': 'text/plain' } })).status).toBe(200);
    expect((await server.validate(OLD_KEY, { path: VALIDATE_IMPORTED })).status).toBe(200);
    expect((await server.validate(`Bearer ${OLD_KEY}`, { path: `${VALIDATE_IMPORTED}/` })).status).toBe(200);
  });
});

describe('400', () => {
  const expectInvalid = async (token: string, path = VALIDATE): Promise<string> => {
    const answer = await server.validate(token, { path });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ api_key_token: expect.any(String) as string });
    return answer.body;
  };

  it('every reason not to be valid gives the same bytes', async () => {
    const dead = [
      ofUser({ revoked: true }),
      ofUser({ expiresAtMs: server.node.nowMs }),
      { ...ofUser(), user: userRecord(USER, { blocked: true }) },
      { ...ofUser(), user: userRecord(USER, { deleted: true }) },
    ];
    const tokens = [...dead.map((records) => server.node.addNativeKey(records).token), mintApiKeyToken(newKeyId(), '').reveal(), 'garbage', ''];
    const bodies = new Set<string>();
    for (const token of tokens) bodies.add(await expectInvalid(token));
    expect(bodies.size).toBe(1);
    expect(server.counts.invalid).toBe(tokens.length);
  });

  it('a key that expires while its bytes are in memory is refused from that moment on', async () => {
    const { token } = server.node.addNativeKey(ofUser({ expiresAtMs: server.node.nowMs + 1 }));
    expect((await server.validate(token)).status).toBe(200);
    server.node.nowMs += 1;
    await expectInvalid(token);
  });

  it('a wrong checksum, and an imported token that is too short or too long, ask no other process', async () => {
    await expectInvalid(`${mintApiKeyToken(newKeyId(), '').reveal().slice(0, -1)}g`);
    await expectInvalid('x'.repeat(15), VALIDATE_IMPORTED);
    await expectInvalid('ü'.repeat(513), VALIDATE_IMPORTED);
    expect(server.node.lookUps).toEqual([]);
  });

  it('a native token is never valid as an imported one, nor the other way round', async () => {
    const { token } = server.node.addNativeKey();
    await expectInvalid(token, VALIDATE_IMPORTED);
    const posing = mintApiKeyToken(newKeyId(), '').reveal();
    server.node.addImportedKey(posing);
    await expectInvalid(posing);
  });

  it('a key of another environment is unknown', async () => {
    const { token } = server.node.addNativeKey();
    const answer = await server.validate(token, { backendKey: server.node.addBackendKey({ environmentId: `other-than-${ENV}` }) });
    expect(answer.status).toBe(400);
  });

  it('a body without the token as text names the field in the string form', async () => {
    for (const body of ['', '{}', '[]', 'null', '"text"', '{"api_key_token":7}', '{"api_key_token":null}']) {
      const answer = await server.post({ body });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toEqual({ api_key_token: expect.any(String) as string });
    }
  });

  it('a body that is not JSON says so without quoting it', async () => {
    const { token } = server.node.addNativeKey();
    const answer = await server.post({ body: `{"api_key_token":${token}` });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ body: [expect.any(String)] });
    expect(answer.body).not.toContain(token.slice(0, 6));
  });
});

describe('401 and 403', () => {
  it('a missing, garbled, unknown or revoked backend key, and an API key in its place, is 401 with an empty body', async () => {
    const { token } = server.node.addNativeKey();
    const keys = [null, '', 'garbage', mintBackendKey().reveal(), server.node.addBackendKey({ revoked: true }), token];
    for (const backendKey of keys) expectEmpty(await server.validate(token, { backendKey }), 401);
    expectEmpty(await server.validate(token, { backendKey: null, headers: { authorization: server.backendKey } }), 401);
    expect(server.counts.unauthorized).toBe(keys.length + 1);
  });

  it('a backend key with a wrong checksum asks no other process', async () => {
    expectEmpty(await server.validate('x', { backendKey: `${server.backendKey.slice(0, -1)}g` }), 401);
    expect(server.node.lookUps).toEqual([]);
  });

  it('an unauthenticated caller learns nothing about bodies: 401 goes before 400', async () => {
    expectEmpty(await server.post({ backendKey: null, body: '{' }), 401);
  });

  it('a backend key without the permission is 403 with an empty body, and with it is taken', async () => {
    const { token } = server.node.addNativeKey();
    const without = server.node.addBackendKey({ accessKind: 'custom', permissions: ['Read Users'] });
    expectEmpty(await server.validate(token, { backendKey: without }), 403);
    const withIt = server.node.addBackendKey({ accessKind: 'custom', permissions: ['Validate API Keys'] });
    expect((await server.validate(token, { backendKey: withIt })).status).toBe(200);
  });
});

describe('429', () => {
  it('names the wait as a float, is counted over all keys of the owner, and ends with the window', async () => {
    const keys = [1, 2].map(() => server.node.addNativeKey({ ...ofUser(), environment: limited(2) }).token);
    const [one = '', two = ''] = keys;
    expect((await server.validate(one)).status).toBe(200);
    expect((await server.validate(two)).status).toBe(200);
    server.clock.pass(4_000);
    const refused = await server.validate(one);
    expect(refused.status).toBe(429);
    expect(refused.body).toContain('"wait_seconds":6.000,');
    expect(JSON.parse(refused.body)).toEqual({
      wait_seconds: 6,
      user_facing_error: expect.stringContaining('6 seconds') as string,
      error_code: 'rate_limit_exceeded',
    });
    server.clock.pass(6_000);
    expect((await server.validate(two)).status).toBe(200);
  });

  it('an invalid key is 400 and not 429, and a generic key has no limit', async () => {
    const environment = limited(1);
    const { token } = server.node.addNativeKey({ ...ofUser(), environment });
    const { token: dead } = server.node.addNativeKey({ ...ofUser({ revoked: true }), environment });
    const { token: generic } = server.node.addNativeKey({ environment });
    await server.validate(token);
    expect((await server.validate(dead)).status).toBe(400);
    for (let time = 0; time < 3; time += 1) expect((await server.validate(generic)).status).toBe(200);
  });
});

describe('503 and 500', () => {
  it('what cannot be known is 503 in plain text with Retry-After, never a verdict', async () => {
    const { token } = server.node.addNativeKey();
    server.node.unavailable();
    const unknownToken = await server.validate(mintApiKeyToken(newKeyId(), '').reveal());
    server.node.forget();
    for (const answer of [unknownToken, await server.validate(token)]) {
      expectText(answer, 503);
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect(server.counts).toMatchObject({ unavailable: 2, invalid: 0, unauthorized: 0 });
  });

  it('an unexpected error is 500 in plain text and logged without any token; the server goes on', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const { token, digest } = server.node.addNativeKey(ofUser());
    Object.defineProperty(server.node.record(digest), 'answer', {
      get: () => {
        throw new TypeError('boom');
      },
    });
    expectText(await server.validate(token), 500);
    server.node.failure = new TypeError('bang');
    expectText(await server.validate(mintApiKeyToken(newKeyId(), '').reveal()), 500);
    expect(JSON.stringify(logged.mock.calls)).toMatch(/boom.*bang/s);
    expect(JSON.stringify(logged.mock.calls)).not.toContain(token);
    expect(JSON.stringify(logged.mock.calls)).not.toContain(server.backendKey);
    logged.mockRestore();
    expect((await server.validate(server.node.addNativeKey().token)).status).toBe(200);
  });
});

describe('X-Request-Id', () => {
  it('a sane id comes back, anything else is replaced, and every answer has one', async () => {
    const ids = await Promise.all(
      ['a-1.b_c', 'x'.repeat(65), 'with space', ''].map(
        async (id) => (await server.validate('x', { headers: { 'x-request-id': id } })).headers['x-request-id'],
      ),
    );
    expect(ids[0]).toBe('a-1.b_c');
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[\w.-]{3,64}$/);
    expect((await server.validate('x', { backendKey: null })).headers['x-request-id']).toBeDefined();
  });
});
