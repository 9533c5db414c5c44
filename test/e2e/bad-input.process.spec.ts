import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, at, BackendApi, type IssuedKey, KEYS, objectOf, V1 } from '@test/support/clients/backend-api.js';
import { abysses, badBodies, badFields, badMetadata, type BadRequest, goodMetadata } from './bad-input-cases.js';
import { rawRequest, sendRaw } from '@test/support/clients/raw-http.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

// The cases are made before the server runs, so they name its key, user and organization by marks.
const MARKS = ['0'.repeat(32), '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const;
const CASES = badFields(...MARKS);

const BODY_PATHS = [
  [KEYS, 'POST'],
  [`${KEYS}/import`, 'POST'],
  [`${V1}/user/`, 'POST'],
  [`${V1}/org/`, 'POST'],
  [`${V1}/org/query`, 'POST'],
  [`${V1}/user/user_ids`, 'POST'],
  [`${V1}/access_token`, 'POST'],
  [`${V1}/org/add_user`, 'POST'],
] as const;

describe.each(gatewayModes)('bad input is refused by field and harms nothing, $name', ({ start }) => {
  let server: TestedServer;
  let api: BackendApi;
  let good: IssuedKey;
  let real: readonly [string, string, string];

  beforeAll(async () => {
    server = await start();
    api = BackendApi.of(server);
    const [userId, orgId] = [await api.createUser(), await api.createOrg()];
    await api.addMember(userId, orgId);
    good = await api.issueKey({ user_id: userId, org_id: orgId });
    real = [good.id, userId, orgId];
  });
  afterAll(() => server?.remove());
  // Whatever was sent, a good request works afterwards.
  afterEach(async () => {
    expect((await api.validate(good.token)).status).toBe(200);
  });

  const withReal = (text: string): string => MARKS.reduce((result, mark, index) => result.replaceAll(mark, real[index] ?? ''), text);
  const send = ({ method, path, body }: Pick<BadRequest, 'method' | 'path' | 'body'>): Promise<Answer> =>
    api.call(method, withReal(path), body === undefined ? undefined : withReal(JSON.stringify(body)));
  const expectField = (answer: Answer, field: string): void => {
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`"${field}"`)]);
    expect(Object.keys(objectOf(answer))).toEqual([field]);
  };
  const port = (): number => server.port;
  const authorization = (): string => `Authorization: Bearer ${server.backendKey}`;

  it.each(CASES)('$method $path: $wrong → 400 on $field', async (bad) => {
    expectField(await send(bad), bad.field);
  });

  it.each(badMetadata)('metadata %s is refused on create, import, update, user and organization', async (_, text) => {
    const [keyId, userId, orgId] = real;
    for (const [method, path, rest] of [
      ['POST', KEYS, ''],
      ['POST', `${KEYS}/import`, '"imported_api_key":"a legacy key of enough bytes",'],
      ['PATCH', `${KEYS}/${keyId}`, ''],
      ['PUT', `${V1}/user/${userId}`, ''],
      ['PUT', `${V1}/org/${orgId}`, ''],
    ] as const) {
      expectField(await api.call(method, path, `{${rest}"metadata":${text}}`), 'metadata');
    }
  });

  it.each(goodMetadata)('metadata %s is taken and comes back as it was', async (_, text) => {
    const made = objectOf(await api.call('POST', KEYS, `{"metadata":${text}}`));
    const token = String(made['api_key_token']);
    expect(at(objectOf(await api.validate(token)), 'metadata')).toEqual(JSON.parse(text));
    expect(at(await api.done('GET', `${KEYS}/${String(made['api_key_id'])}`), 'metadata')).toEqual(JSON.parse(text));
  });

  it.each(badBodies)('a body that is %s is 400 on body', async (_, body) => {
    for (const [path, method] of BODY_PATHS) {
      const head = rawRequest(method, path, [authorization(), 'Content-Type: application/json', `Content-Length: ${String(Buffer.byteLength(body))}`]);
      const answer = await sendRaw(port(), Buffer.concat([Buffer.from(head), Buffer.from(body)]));
      expect([path, answer.status, Object.keys(JSON.parse(answer.text) as object)]).toEqual([path, 400, ['body']]);
    }
  });

  it.each(badBodies)('a validation whose body is %s is 400', async (_, body) => {
    for (const call of ['validate', 'validate_imported']) {
      const head = rawRequest('POST', `${KEYS}/${call}`, [
        authorization(),
        'Content-Type: application/json',
        `Content-Length: ${String(Buffer.byteLength(body))}`,
      ]);
      expect((await sendRaw(port(), Buffer.concat([Buffer.from(head), Buffer.from(body)]))).status).toBe(400);
    }
  });

  it.each(abysses)('a body %s deep is answered', async (_, body, statuses) => {
    for (const path of [KEYS, `${V1}/user/`, `${KEYS}/validate`]) expect([...statuses, 400]).toContain((await api.call('POST', path, body)).status);
  });

  it('what is not a token is refused as a key, however odd', async () => {
    for (const token of [
      ' ',
      '\u0000',
      'Bearer ',
      'Bearer Bearer',
      'x'.repeat(60_000),
      '0'.repeat(96),
      'Ж'.repeat(48),
      good.token.toUpperCase(),
      ` ${good.token}`,
      `${good.token} `,
      `${good.token}\n`,
      '\ud800',
      '__proto__',
      'null',
      server.backendKey,
    ]) {
      for (const answer of [await api.validate(token), await api.validateImported(token)]) {
        expect([token.slice(0, 20), answer.status, Object.keys(objectOf(answer))]).toEqual([token.slice(0, 20), 400, ['api_key_token']]);
      }
    }
  });

  it('names of the prototype are fields like any other', async () => {
    const [, userId] = real;
    for (const body of [
      `{"__proto__":{"user_id":"${userId}"}}`,
      `{"constructor":{"prototype":{"user_id":"${userId}"}}}`,
      `{"metadata":{"__proto__":{"polluted":true}}}`,
    ]) {
      expect([200, 400]).toContain((await api.call('POST', KEYS, body)).status);
    }
    const made = await api.issueKey();
    expect(await api.done('GET', `${KEYS}/${made.id}`)).toMatchObject({ user_id: null, metadata: null });
    for (const query of [
      '__proto__=1',
      '__proto__[x]=1',
      'constructor.prototype.x=1',
      'page_size[]=5',
      'page_size[$gt]=1',
      'page_size=1&page_size=2',
      'user_id[]=x',
      'a'.repeat(4_000),
    ]) {
      expect((await api.call('GET', `${KEYS}?${query}`)).status).toBeLessThan(500);
    }
  });

  it.each(['', ' ', 'x'.repeat(256), 'tab\there', 'ümlaut'])('an Idempotency-Key "%s" is refused by field', async (key) => {
    const body = '{"email":"idempotent@x.test"}';
    const headers = [authorization(), 'Content-Type: application/json', `Idempotency-Key: ${key}`, `Content-Length: ${String(body.length)}`];
    const request = rawRequest('POST', `${V1}/user/`, headers, body);
    const answer = await sendRaw(port(), Buffer.from(request, 'latin1'));
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('"idempotency_key"')]);
  });

  it.each([
    `${V1}/user/../end_user_api_keys`,
    `${V1}/./end_user_api_keys`,
    `${V1}/user/%2e%2e/end_user_api_keys`,
    '/api/backend/v1/../../api/backend/v1/end_user_api_keys',
    `/..${KEYS}`,
    `//api/backend/v1/end_user_api_keys`,
    '/api//backend/v1/end_user_api_keys',
    `${KEYS}//`,
    `${KEYS}//archived`,
    `${KEYS}/validate/..`,
    '/API/BACKEND/V1/END_USER_API_KEYS',
    `${KEYS}%2Farchived`,
    `${KEYS};x=1`,
    `${KEYS}/%00`,
    `${V1}\\user`,
  ])('the path %s is not a route', async (path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await sendRaw(port(), rawRequest(method, path, [authorization(), 'Content-Type: application/json', 'Content-Length: 2'], '{}'));
      expect([method, answer.status]).toEqual([method, 404]);
      expect(answer.text.startsWith('{')).toBe(false);
    }
  });

  it.each([`${KEYS}/%zz`, `${KEYS}/%`, `${V1}/user/%ff`, `${V1}/user/email?email=%zz`, `${KEYS}?user_id=%c3%28`, `${V1}/user/username?username=%`])(
    "broken percent encoding in %s is the caller's mistake",
    async (path) => {
      const answer = await sendRaw(port(), rawRequest('GET', path, [authorization()]));
      expect(answer.status === 200 || (answer.status >= 400 && answer.status < 500)).toBe(true);
    },
  );

  it.each([
    ['a header of 100 KB', rawRequest('GET', KEYS, [`X-Large: ${'x'.repeat(100_000)}`])],
    [
      'ten thousand headers',
      rawRequest(
        'GET',
        KEYS,
        Array.from({ length: 10_000 }, (_, index) => `X-${String(index)}: y`),
      ),
    ],
    ['a backend key of 10 KB', rawRequest('GET', KEYS, [`Authorization: Bearer ${'a'.repeat(10_000)}`])],
    ['a target of 100 KB', rawRequest('GET', `${KEYS}?x=${'y'.repeat(100_000)}`, [])],
    ['an unknown method', rawRequest('FOO', KEYS, [])],
    ['TRACE', rawRequest('TRACE', KEYS, [])],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a negative length', rawRequest('POST', KEYS, ['Content-Length: -5'])],
    ['two lengths', rawRequest('POST', KEYS, ['Content-Length: 2', 'Content-Length: 3'], '{}')],
    ['a length and chunks', rawRequest('POST', `${KEYS}/validate`, ['Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
    ['a broken chunk', rawRequest('POST', `${KEYS}/validate`, ['Content-Type: application/json', 'Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n')],
  ])('%s is refused with a 4xx', async (_, request) => {
    const { status } = await sendRaw(port(), request);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('a body in chunks without a length is limited like any other', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (const path of [KEYS, `${KEYS}/validate`]) {
      const { status } = await sendRaw(
        port(),
        rawRequest('POST', path, [authorization(), 'Content-Type: application/json', 'Transfer-Encoding: chunked'], `${chunk.repeat(4)}0\r\n\r\n`),
      );
      expect(status).toBe(413);
    }
  });
});
