import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BACKEND_ENDPOINTS } from '@app/http-api';
import { Refusal, type RefusalCode } from '@app/domain';
import { mintBackendKey, tokenDigest } from '@app/tokens';
import { backendKeyRecord, environmentRecord, KEY_ID, keyRecord, ORG_ID, USER_ID } from './testing/records.js';
import { GatewayRig } from './testing/gateway-rig.js';

const API = '/api/backend/v1';
let rig: GatewayRig;
beforeAll(async () => {
  rig = await GatewayRig.start();
});
afterAll(() => rig.stop());
beforeEach(() => {
  rig.rpc.asked.length = 0;
  rig.rpc.replies = {};
  rig.node.backendKeys.failure = null;
});

const fill = (path: string): string => path.replace('{user_id}', USER_ID).replace('{org_id}', ORG_ID).replace('{api_key_id}', KEY_ID);
const routes = BACKEND_ENDPOINTS.filter(({ servedBy }) => servedBy === 'gateway').flatMap((endpoint) =>
  endpoint.paths.flatMap((path) => endpoint.methods.map((method) => ({ endpoint, method, path: fill(path) }))),
);

describe('every endpoint of the table', () => {
  it.each(routes)(
    '$method $path is served, with and without a slash at the end: an unauthenticated caller gets 401, whatever the body',
    async ({ method, path }) => {
      for (const form of [path.replace(/\/$/, ''), `${path.replace(/\/$/, '')}/`]) {
        const answer = await rig.send(method, form, { headers: { authorization: 'Bearer nonsense' }, ...(method === 'GET' ? {} : { body: '{broken' }) });
        expect(answer).toMatchObject({ status: 401, text: '' });
      }
      expect(rig.rpc.asked).toEqual([]);
    },
  );

  it.each(routes)('$method $path is refused to a custom key without its permission, whatever the body', async ({ endpoint, method, path }) => {
    const weak = rig.node.backendKeys.add({ backendKey: backendKeyRecord({ accessKind: 'custom', permissions: [] }) });
    const answer = await rig.send(method, path, { headers: { authorization: `Bearer ${weak}` }, ...(method === 'GET' ? {} : { body: '{broken' }) });
    expect(answer).toMatchObject({ status: endpoint.deniedStatus, text: '' });
    expect(rig.rpc.asked).toEqual([]);
  });
});

describe('credentials', () => {
  const path = `${API}/user/${USER_ID}`;
  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another scheme', 'Basic abc'],
    ['two tokens', 'Bearer a b'],
    ['noise', `Bearer ${'a'.repeat(128)}`],
  ])('%s is 401 with an empty body, and nothing is looked up', async (_, authorization) => {
    const before = rig.node.backendKeys.asked;
    const answer = await rig.send('DELETE', path, { headers: authorization === undefined ? { authorization: '' } : { authorization } });
    expect(answer).toMatchObject({ status: 401, text: '' });
    expect(rig.node.backendKeys.asked).toBe(before);
  });

  it('a key of an end user never authenticates a call of the backend API', async () => {
    const token = mintBackendKey().reveal();
    const records = { key: keyRecord(), environment: environmentRecord(), user: null, org: null, creator: null, memberOrgs: [] };
    rig.node.resolved.set(tokenDigest('backend', token), { kind: 'key', records });
    expect((await rig.send('GET', '/api/backend/v1/user/query', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  it('a revoked backend key is 401 on every kind of call', async () => {
    const revoked = rig.node.backendKeys.add({ backendKey: backendKeyRecord({ revoked: true }) });
    expect(await rig.send('GET', path, { headers: { authorization: `Bearer ${revoked}` } })).toMatchObject({ status: 401, text: '' });
  });

  it('undecided is 503 in plain words with Retry-After, never 401', async () => {
    rig.node.backendKeys.failure = new Refusal('UNAVAILABLE', { message: 'no lease on node-7' });
    const answer = await rig.send('GET', path);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.text).not.toContain('node-7');
  });

  it('the scheme may be written in any case', async () => {
    expect((await rig.send('DELETE', path, { headers: { authorization: `bearer ${rig.key}` } })).status).toBe(200);
  });

  it('a field with its own permission is 403 when it is given, and ignored when it is null', async () => {
    const key = rig.node.backendKeys.add({ backendKey: backendKeyRecord({ accessKind: 'custom', permissions: ['Update Organizations'] }) });
    const as = { authorization: `Bearer ${key}` };
    expect(await rig.json('PUT', `${API}/org/${ORG_ID}`, { metadata: {} }, as)).toMatchObject({ status: 403, text: '' });
    expect(await rig.json('PUT', `${API}/org/${ORG_ID}`, { metadata: null, max_users: null, name: 'N' }, as)).toMatchObject({ status: 200, text: '{}' });
    expect(rig.rpc.asked.map(({ data }) => data)).toEqual([{ orgId: ORG_ID, changes: { name: 'N' } }]);
  });

  it('organization calls are 426 while organizations are disabled', async () => {
    const key = rig.node.backendKeys.add({ environment: environmentRecord({ organizationsEnabled: false }) });
    for (const [method, to] of [
      ['POST', `${API}/org/`],
      ['GET', `${API}/org/query?`],
      ['GET', `${API}/user/org/${ORG_ID}`],
    ] as const) {
      expect(await rig.send(method, to, { headers: { authorization: `Bearer ${key}` } })).toMatchObject({ status: 426, text: '' });
    }
  });
});

describe('bad requests', () => {
  it.each([['{broken'], ['"text"'], ['[]'], ['null'], ['7'], [Buffer.from('{"email":"a\xff@b.test"}', 'latin1')]])(
    'the body %s is 400 on `body`',
    async (body) => {
      const answer = await rig.send('POST', `${API}/user/`, { headers: { 'content-type': 'application/json' }, body });
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(JSON.parse(answer.text)).toEqual({ body: [expect.any(String)] });
    },
  );

  it('every wrong field is named at once', async () => {
    const answer = await rig.json('POST', `${API}/user/`, { email: 'x', first_name: 7, properties: [] });
    expect(answer.status).toBe(400);
    expect(Object.keys(JSON.parse(answer.text) as object)).toEqual(['email', 'first_name', 'properties']);
  });

  it('a body over 64 KiB is 413 in plain words', async () => {
    const answer = await rig.send('POST', `${API}/user/`, { body: JSON.stringify({ email: 'a'.repeat(70_000) }) });
    expect(answer).toMatchObject({ status: 413, text: expect.stringContaining('64 KiB') as string });
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  });

  it.each([
    ['GET', `/user/not-an-id`],
    ['GET', `/user/..`],
    ['GET', `/user/%2e%2e/org/query`],
    ['GET', `/user/../org/query`],
    ['GET', '/user/%zz'],
    ['GET', '/user/%00'],
    ['GET', `/user/${'a'.repeat(900)}`],
    ['GET', `/org/${USER_ID}x`],
    ['DELETE', '/end_user_api_keys/123'],
    ['PUT', '/user/email'],
    ['GET', `/user//${USER_ID}`],
    ['POST', '/USER/'],
    ['GET', ''],
    ['OPTIONS', '/user/'],
    ['TRACE', '/user/'],
    ['POST', '/end_user_api_keys/validate'],
  ])('%s %s is 404 with an empty body and calls no service', async (method, path) => {
    const answer = await rig.send(method, `${API}${path}`);
    expect(answer).toMatchObject({ status: 404, text: '' });
    expect(answer.headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]+$/);
    expect(rig.rpc.asked).toEqual([]);
  });

  it('404 for a malformed id comes before 400 for the body', async () => {
    expect((await rig.json('PUT', `${API}/user/x/email`, { new_email: 7 })).status).toBe(404);
  });

  it('malformed HTTP gets an empty 400 and no JSON', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      let all = '';
      const socket = connect(rig.port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      socket
        .on('data', (chunk) => (all += chunk.toString()))
        .on('close', () => resolve(all))
        .on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1.1 400 Bad Request\r\nContent-Length: 0\r\n/);
  });

  it('a HEAD responds like the GET, without a body', async () => {
    expect(await rig.send('HEAD', `/api/v1/token_verification_metadata`)).toMatchObject({ status: 200, text: '' });
  });
});

describe('refusals of services', () => {
  const cases: readonly (readonly [RefusalCode, number, string])[] = [
    ['NOT_FOUND', 404, ''],
    ['USER_NOT_FOUND', 403, ''],
    ['ORGANIZATIONS_DISABLED', 426, ''],
    ['ACCESS_TOKENS_DISABLED', 404, ''],
    ['FORBIDDEN', 403, ''],
  ];
  it.each(cases)('%s is %i with an empty body', async (code, status, text) => {
    rig.rpc.replies['directory.delete-user'] = () => {
      throw new Refusal(code);
    };
    expect(await rig.send('DELETE', `${API}/user/${USER_ID}`)).toMatchObject({ status, text });
  });

  it('fields are spelled as in the request, with arrays of sentences', async () => {
    rig.rpc.replies['keys.issue-key'] = () => {
      throw new Refusal('INVALID_FIELDS', { fields: { expiresAtMs: ['must be in the future, or left out'] } });
    };
    const answer = await rig.json('POST', `${API}/end_user_api_keys`, { expires_at_seconds: 1 });
    expect(answer).toMatchObject({ status: 400, text: '{"expires_at_seconds":["must be in the future, or left out"]}' });
  });

  it('an address in use is reported on `new_email` if the call has that field', async () => {
    rig.rpc.replies['directory.change-email'] = () => {
      throw new Refusal('INVALID_FIELDS', { fields: { email: ['taken'] } });
    };
    expect((await rig.json('PUT', `${API}/user/${USER_ID}/email`, { new_email: 'a@example.test' })).text).toBe('{"new_email":["taken"]}');
  });

  it('a fault of ours is 500 without details', async () => {
    rig.rpc.replies['directory.delete-user'] = () => {
      throw new Error('secret detail');
    };
    const answer = await rig.send('DELETE', `${API}/user/${USER_ID}`);
    expect(answer.status).toBe(500);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.text).not.toContain('secret');
  });
});

describe('the platform limit', () => {
  it('returns 429 with a plain sentence and Retry-After, counted per key over all endpoints', async () => {
    const limited = await GatewayRig.start(2);
    await limited.send('GET', `${API}/user/email?email=a@example.test`);
    await limited.send('DELETE', `${API}/user/${USER_ID}`);
    const answer = await limited.send('DELETE', `${API}/org/${ORG_ID}`);
    expect(answer.status).toBe(429);
    expect(answer.text).toMatch(/^Rate limited\. Please wait \d+ seconds before trying again\.$/);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    const other = limited.node.backendKeys.add({ backendKey: backendKeyRecord({ backendKeyId: 'b2' }) });
    expect((await limited.send('DELETE', `${API}/user/${USER_ID}`, { headers: { authorization: `Bearer ${other}` } })).status).toBe(200);
    await limited.stop();
  });
});
