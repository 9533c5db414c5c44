import { once } from 'node:events';
import { connect } from 'node:net';
import { KEYS, V1 } from '@test/support/clients/backend-api.js';
import { type CanaryClient, freshName } from './canary-client.js';
import { prepareStage } from './endpoint-calls.js';

const lines = (...all: readonly string[]): string => all.join('\r\n');
const withBody = (method: string, target: string, headers: readonly string[], body: string): string =>
  lines(`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, `Content-Length: ${String(Buffer.byteLength(body))}`, '', body);

/** HTTP that no client library sends, with a secret in it; each is answered or cut off. */
const brokenRequests = (secret: string, authorization: string): Readonly<Record<string, string>> => ({
  'no HTTP at all': `${secret}\r\n\r\n`,
  'a method that is the token': lines(`${secret} / HTTP/1.1`, 'Host: a', '', ''),
  'a version that is the token': lines(`GET / HTTP/${secret}`, 'Host: a', '', ''),
  'the beginning of HTTP/2': lines('PRI * HTTP/2.0', '', 'SM', '', secret, ''),
  'a header that is too large': lines(`GET ${KEYS} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${secret.repeat(2_000)}`, '', ''),
  'a target that is too long': lines(`GET ${KEYS}?token=${secret.repeat(2_000)} HTTP/1.1`, 'Host: a', '', ''),
  'a header that cannot be': lines(`GET ${KEYS} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${secret}\u0001`, '', ''),
  'a header without a colon': lines(`GET ${KEYS} HTTP/1.1`, 'Host: a', `Bearer ${secret}`, '', ''),
  'two keys': lines(`GET ${KEYS} HTTP/1.1`, 'Host: a', 'Connection: close', authorization, `Authorization: Bearer ${secret}`, '', ''),
  'a length that is the token': lines(`POST ${KEYS} HTTP/1.1`, 'Host: a', authorization, `Content-Length: ${secret}`, '', ''),
  'a chunk that is the token': lines(`POST ${KEYS}/validate HTTP/1.1`, 'Host: a', authorization, 'Transfer-Encoding: chunked', '', `zz${secret}`, ''),
  'a body in chunks that breaks off': lines(
    `POST ${KEYS}/import HTTP/1.1`,
    'Host: a',
    authorization,
    'Transfer-Encoding: chunked',
    '',
    secret.length.toString(16),
    secret,
    'zz',
    '',
  ),
  'a target with a password': lines(`GET http://user:${secret}@127.0.0.1${KEYS} HTTP/1.1`, 'Host: a', 'Connection: close', authorization, '', ''),
  'a broken percent encoding': lines(`GET ${KEYS}/%zz${secret} HTTP/1.1`, 'Host: a', 'Connection: close', authorization, '', ''),
  'a path that is not a route': lines(`GET /${secret}/${secret} HTTP/1.1`, 'Host: a', 'Connection: close', authorization, '', ''),
  'an upgrade': lines(
    `GET ${KEYS} HTTP/1.1`,
    'Host: a',
    'Connection: Upgrade, close',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${secret}`,
    `Sec-WebSocket-Protocol: ${secret}`,
    '',
    '',
  ),
  'a tunnel': lines(`CONNECT ${secret}:443 HTTP/1.1`, 'Host: a', `Proxy-Authorization: Bearer ${secret}`, '', ''),
  'an expectation': lines(`POST ${KEYS} HTTP/1.1`, 'Host: a', 'Connection: close', authorization, `Expect: ${secret}`, 'Content-Length: 0', '', ''),
  'a host that is the token': lines(
    `GET ${KEYS} HTTP/1.1`,
    `Host: ${secret}`,
    'Connection: close',
    `X-Forwarded-Host: ${secret}`,
    `Forwarded: for=${secret}`,
    '',
    '',
  ),
  'an answer after the request': lines(`GET ${KEYS} HTTP/1.1`, 'Host: a', authorization, '', `HTTP/1.1 200 OK ${secret}`, '', ''),
});

/** Requests that end in the middle: their connection is reset when the server has had its part. */
const cutOff = (authorization: string, secret: string): readonly string[] => [
  lines(`GET ${KEYS} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${secret.slice(0, 60)}`),
  lines(`GET ${KEYS} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${secret}`, ''),
  lines(`POST ${KEYS}/validate HTTP/1.1`, 'Host: a', authorization, 'Content-Length: 5000', '', `{"api_key_token":"${secret}"`),
  lines(`POST ${KEYS}/validate_imported HTTP/1.1`, 'Host: a', authorization, 'Transfer-Encoding: chunked', '', '80', `{"api_key_token":"${secret}"`),
  lines(`POST ${KEYS}/import HTTP/1.1`, 'Host: a', authorization, 'Content-Length: 5000', '', `{"imported_api_key":"${secret}"`),
  lines(`POST ${V1}/user/ HTTP/1.1`, 'Host: a', authorization, 'Content-Length: 5000', '', `{"password":"${secret}"`),
];

const sendAndReset = async (port: number, text: string): Promise<void> => {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write(text, resolve));
  socket.resetAndDestroy();
  await once(socket, 'close');
};

/** What goes over the wire and is not a request, or only a part of one, or several at once. */
export const exerciseTheWire = async (client: CanaryClient): Promise<void> => {
  const { planted, port } = client;
  const authorization = `Authorization: Bearer ${client.backendKey}`;
  for (const what of Object.keys(brokenRequests('', ''))) {
    const request = brokenRequests(planted.strangeToken(`token in ${what}`), authorization)[what] ?? '';
    const { status } = await client.raw(what, request);
    if (status >= 500) throw new Error(`${what}: ${String(status)}`);
  }
  for (const text of cutOff(authorization, planted.strangeToken('token of a request that was cut off'))) await sendAndReset(port, text);
  const { token, importedToken } = await prepareStage(client);
  const calls = [
    withBody('POST', `${KEYS}/validate`, [authorization], JSON.stringify({ api_key_token: token })),
    withBody('POST', `${KEYS}/validate_imported`, [authorization], JSON.stringify({ api_key_token: importedToken })),
    withBody(
      'POST',
      `${V1}/user/`,
      [authorization],
      JSON.stringify({ email: `${freshName()}@example.test`, password: planted.oddText('password of a pipelined request') }),
    ),
    withBody('POST', `${KEYS}/validate`, [authorization, 'Connection: close'], JSON.stringify({ api_key_token: token })),
  ];
  const { head, text: body } = await client.raw('requests in a row', calls.join(''));
  const good = `${head}\n${body}`.match(/HTTP\/1\.1 200/g)?.length;
  if (good !== calls.length) throw new Error(`${String(good)} of ${String(calls.length)} requests in a row got 200.`);
};
