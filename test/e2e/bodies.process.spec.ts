import { type Endpoint, ENDPOINTS, fieldsOf, WIRE_SENTENCES } from '@app/http-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpAnswer } from '@test/support/clients/answer-reader.js';
import { HttpConnection, requestText } from '@test/support/clients/http-connection.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { OrganizationStage } from './organization-stage.js';

const LIMIT_BYTES = 64 * 1024;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const ANY_ID = '0d2f2a52-94ab-4a5e-9a54-6f7c9d7b0f11';

/** By the table, so that a new call is in it by itself. */
const WITH_A_BODY = ENDPOINTS.filter(({ body }) => body !== null);

const padded = (text: string, bytes: number): Buffer => Buffer.from(text.padEnd(bytes));

/** What tells two answers apart that are not about the same thing: new ids and times differ, the rest does not. */
const shapeOf = ({ status, text }: HttpAnswer): unknown => {
  if (status >= 400) return { status, text };
  return { status, fields: Object.keys(JSON.parse(text) as object).toSorted() };
};

describe.each(gatewayModes)('the bodies of requests, $name', ({ start }) => {
  let server: TestedServer;
  let headersOf: (endpoint: Endpoint) => Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await start();
    const stage = OrganizationStage.of(server);
    await server.changeSettings({ publicSignupEnabled: true });
    const org = await stage.newOrg();
    const owner = await stage.newMember(org);
    const key = await stage.newKey(owner, org);
    const ofHost = {
      host: stage.host,
      cookie: `access_token=${owner.endUser.accessToken}`,
      'x-csrf-token': '-.-',
      'x-org-slug': org.slug,
      'x-api-key': key.token,
    };
    headersOf = ({ api }) => (api === 'backend' ? { host: '127.0.0.1', authorization: `Bearer ${server.backendKey}` } : ofHost);
  }, 180_000);
  afterAll(() => server?.remove());

  const send = async (endpoint: Endpoint, body: Buffer): Promise<HttpAnswer> => {
    const connection = new HttpConnection(server.port);
    const path = endpoint.paths[0].replaceAll(/\{([^}]*)\}/g, (_, name: string) => (name.includes('key') ? ANY_ID.replaceAll('-', '') : ANY_ID));
    const answer = await connection.exchange(requestText({ method: endpoint.methods[0], path, headers: headersOf(endpoint), body }));
    connection.close();
    return answer;
  };

  describe.each(WITH_A_BODY.map((endpoint) => ({ id: endpoint.id, endpoint })))('$id', ({ endpoint }) => {
    const shape = async (body: Buffer | string): Promise<unknown> => shapeOf(await send(endpoint, Buffer.from(body)));

    it('reads a body with a byte order mark as one without', async () => {
      expect(await shape(Buffer.concat([MARK, Buffer.from('{}')]))).toEqual(await shape('{}'));
    });

    it('takes an empty body, and one of whitespace, for an empty object', async () => {
      const empty = await shape('{}');
      for (const body of ['', ' \r\n', MARK]) expect(await shape(body)).toEqual(empty);
    });

    it('refuses invalid UTF-8 and broken JSON with the same sentence', async () => {
      for (const body of [
        Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]),
        Buffer.from('{'),
        Buffer.concat([MARK, MARK, Buffer.from('{}')]),
      ]) {
        const answer = await send(endpoint, body);
        expect([answer.status, answer.text.includes(WIRE_SENTENCES.notJson)]).toEqual([400, true]);
      }
    });

    it('counts the last of a name that is there twice', async () => {
      const [{ name } = { name: 'any' }] = fieldsOf(endpoint.body);
      for (const [first, last] of [
        ['5', 'null'],
        ['null', '5'],
      ] as const)
        expect(await shape(`{"${name}":${first},"${name}":${last}}`)).toEqual(await shape(`{"${name}":${last}}`));
    });

    it('takes 64 KiB and refuses one byte more, and 2 MiB, with one sentence', async () => {
      expect(await shape(padded('{}', LIMIT_BYTES))).toEqual(await shape('{}'));
      for (const bytes of [LIMIT_BYTES + 1, 2 * 1024 * 1024]) {
        const answer = await send(endpoint, padded('{}', bytes));
        expect([answer.status, answer.text.includes(WIRE_SENTENCES.tooLarge)]).toEqual([413, true]);
      }
    });
  });
});
