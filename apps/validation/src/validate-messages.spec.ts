import type { ValidateMessage, ValidateReply } from '@app/messages';
import { defaultSettings } from '@app/domain';
import { mintApiKeyToken, newKeyId } from '@app/tokens';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { envRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { type Answer, VALIDATE, VALIDATE_IMPORTED, ValidationServer } from './testing/validation-server.js';
import { ValidateMessages } from './validate-messages.js';

const USER = '0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10';
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const NOT_UTF8 = Buffer.from([0x22, 0xff, 0x22]);
const OLD_KEY = 'an old key of the customer';

let server: ValidationServer;
let messages: ValidateMessages;
beforeEach(async () => {
  server = await new ValidationServer().start();
  messages = new ValidateMessages(server.validations);
});
afterEach(() => server.stop());

const message = (body: string | Buffer, more: Partial<ValidateMessage> = {}): ValidateMessage => ({
  authorization: `Bearer ${server.backendKey}`,
  requestId: 'r-1',
  body: Buffer.from(body),
  ...more,
});
const asking = (token: string): string => JSON.stringify({ api_key_token: token });
const ofUser = { key: personalKey(newKeyId(), USER), user: userRecord(USER) };
const textOf = ({ body }: ValidateReply): string => body.toString();

describe('a validation as a message', () => {
  it('of a key in memory is answered in the step that asks, with the bytes that HTTP answers', async () => {
    const { token } = server.node.addNativeKey(ofUser);
    const reply = messages.answer(message(asking(token)));
    expect(reply).not.toBeInstanceOf(Promise);
    const overHttp = await server.validate(token);
    expect(await reply).toMatchObject({ status: 200, requestId: 'r-1', retryAfter: null });
    expect(textOf(await reply)).toBe(overHttp.body);
  });

  it('of a key that memory does not have is looked up', async () => {
    const { token } = server.node.addNativeKey(ofUser);
    server.node.forget();
    expect((await messages.answer(message(asking(token)))).status).toBe(200);
    expect(server.counts).toMatchObject({ valid: 1, lookedUp: 1 });
  });

  it('of an imported key says so in its body, and is unknown without that', async () => {
    server.node.addImportedKey(OLD_KEY, ofUser);
    expect((await messages.answer(message(JSON.stringify({ api_key_token: OLD_KEY, imported: true })))).status).toBe(200);
    expect((await messages.answer(message(asking(OLD_KEY)))).status).toBe(400);
  });

  it('that cannot be decided is 503, never a refusal', async () => {
    const { token } = server.node.addNativeKey(ofUser);
    server.node.forget();
    server.node.unavailable();
    expect(await messages.answer(message(asking(token)))).toMatchObject({ status: 503, retryAfter: '1' });
  });

  it('is read with a byte order mark, up to 64 KiB, and the last of two tokens counts', async () => {
    const { token } = server.node.addNativeKey(ofUser);
    const asked = asking(token);
    for (const body of [
      Buffer.concat([MARK, Buffer.from(asked)]),
      Buffer.from(asked.padEnd(65_536)),
      Buffer.from(`{"api_key_token":"no","api_key_token":"${token}"}`),
    ]) {
      expect((await messages.answer(message(body))).status).toBe(200);
      expect((await server.post({ body })).status).toBe(200);
    }
  });

  it('is refused where its bytes are not UTF-8, however they would be replaced', async () => {
    const { token } = server.node.addNativeKey(ofUser);
    const body = Buffer.concat([Buffer.from(`{"x":"`), Buffer.from([0xff]), Buffer.from(`","api_key_token":"${token}"}`)]);
    expect((await messages.answer(message(body))).status).toBe(400);
    expect((await server.post({ body })).status).toBe(400);
  });

  it('is refused word for word as over HTTP', async () => {
    const limited = envRecord({
      settings: { ...defaultSettings('https://a.test'), personalApiKeyRateLimit: { periodType: 'days', periodSize: 1, allowPerPeriod: 0 } },
    });
    const { token: limitedToken } = server.node.addNativeKey({ ...ofUser, environment: limited });
    const unknown = mintApiKeyToken(newKeyId(), '').reveal();
    const calls: readonly (readonly [ValidateMessage, Promise<Answer>])[] = [
      [message(asking(unknown)), server.validate(unknown)],
      [message('{'), server.post({ body: '{' })],
      [message(''), server.post({ body: '' })],
      [message(asking(unknown), { authorization: undefined }), server.validate(unknown, { backendKey: null })],
      [message(asking(unknown), { authorization: 'Bearer nothing' }), server.validate(unknown, { backendKey: 'nothing' })],
      [message(asking(limitedToken)), server.validate(limitedToken)],
      [message(Buffer.alloc(65_537, 32)), server.post({ body: Buffer.alloc(65_537, 32) })],
      [message(JSON.stringify({ api_key_token: OLD_KEY, imported: true })), server.validate(OLD_KEY, { path: VALIDATE_IMPORTED })],
      [message('null'), server.post({ path: VALIDATE, body: 'null' })],
      ...[Buffer.concat([MARK, Buffer.from('{}')]), NOT_UTF8, Buffer.from('{'.padEnd(65_536)), Buffer.from('{}'.padEnd(65_536))].map(
        (body): readonly [ValidateMessage, Promise<Answer>] => [message(body), server.post({ body })] as const,
      ),
    ];
    for (const [asked, overHttp] of calls) {
      const [reply, answer] = [await messages.answer(asked), await overHttp];
      expect([reply.status, textOf(reply), reply.retryAfter ?? undefined]).toEqual([answer.status, answer.body, answer.headers['retry-after']]);
    }
  });
});
