import { type BackendEndpoint, BACKEND_ENDPOINTS, fieldsOf } from '@app/http-api';
import type { JsonObject } from '@test/support/clients/backend-api.js';
import type { HttpAnswer } from '@test/support/clients/answer-reader.js';
import type { CanaryClient, Headers } from './canary-client.js';
import { ENDPOINT_CALLS, type EndpointCall, prepareStage, type Stage } from './endpoint-calls.js';

/** One way to make the call: an endpoint may have several methods and several paths. */
interface Way {
  readonly client: CanaryClient;
  readonly endpoint: BackendEndpoint;
  readonly call: EndpointCall;
  readonly method: BackendEndpoint['methods'][number];
  readonly path: string;
  readonly name: string;
  readonly stage: Stage;
  /** A backend key without any permission. */
  readonly powerless: string;
}

/** Texts that are kept as they come and shown to every caller that may read them: a secret in there was published by its owner. */
const KEPT = new Set([
  'username',
  'first_name',
  'last_name',
  'picture_url',
  'legacy_user_id',
  'display_name',
  'name',
  'legacy_org_id',
  'custom_role_mapping_name',
]);
const OVER_THE_LIMIT = 'x'.repeat(70_000);

const targetOf = (way: Way, params: Readonly<Record<string, string>> = {}): string =>
  way.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? String(way.stage[name as keyof Stage])));
const paramsIn = (path: string): readonly string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

const takesBody = ({ endpoint, method }: Way): boolean => endpoint.body !== null && method !== 'GET';
const bodyOf = (way: Way): JsonObject | undefined => (takesBody(way) ? way.call.body?.(way.stage, way.client.planted) : undefined);
const queryOf = (way: Way): Readonly<Record<string, string>> => (takesBody(way) ? {} : (way.call.query?.(way.stage) ?? {}));
const withQuery = (path: string, query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
};

const expectStatus = (way: Way, what: string, { status }: HttpAnswer, expected: number): void => {
  if (status !== expected) throw new Error(`${way.name}, ${what}: ${String(status)}, not ${String(expected)}`);
};
const expectRefused = (way: Way, what: string, { status }: HttpAnswer): void => {
  if (status >= 500) throw new Error(`${way.name}, ${what}: ${String(status)}`);
};

/** Callers without permission, with what looks like a key and what does not. */
const asStrangers = async (way: Way): Promise<void> => {
  const { client, name, stage } = way;
  const { planted } = client;
  const strangers: readonly (readonly [string, Headers])[] = [
    ['without a key', {}],
    ['with a strange key', client.authorized(planted.strangeBackendKey(`strange backend key at ${name}`))],
    ['with a mistyped key', client.authorized(`${client.backendKey.slice(0, -1)}x`)],
    ['with half a key', client.authorized(client.backendKey.slice(0, 64))],
    ['with a token in place of a key', client.authorized(stage.token)],
    ['with a key without its scheme', { authorization: client.backendKey }],
    ['with a key in Basic', { authorization: `Basic ${Buffer.from(`key:${client.backendKey}`).toString('base64')}` }],
    [
      'with a key in other headers',
      { 'x-api-key': client.backendKey, cookie: `key=${client.backendKey}`, 'proxy-authorization': `Bearer ${client.backendKey}` },
    ],
  ];
  for (const [what, headers] of strangers) {
    expectStatus(way, what, await client.send(`${name} ${what}`, way.method, withQuery(targetOf(way), queryOf(way)), bodyOf(way), headers), 401);
  }
  const denied = await client.send(`${name} with a key that may not`, way.method, targetOf(way), bodyOf(way), client.authorized(way.powerless));
  expectStatus(way, 'with a key that may not', denied, way.endpoint.deniedStatus);
};

/** A token in each field that is not for keeping text, in each part of the path, and in an unknown parameter. */
const inEachPlace = async (way: Way): Promise<void> => {
  const { client, name, method } = way;
  const secretFor = (place: string): string => client.planted.strangeToken(`token in ${place} of ${name}`);
  for (const { name: field } of takesBody(way) ? fieldsOf(way.endpoint.body) : []) {
    if (KEPT.has(field)) continue;
    const body = { ...bodyOf(way), [field]: secretFor(`the field ${field}`) };
    expectRefused(way, `a token in ${field}`, await client.send(`${name} with a token in ${field}`, method, targetOf(way), body));
  }
  for (const { name: field } of takesBody(way) ? [] : fieldsOf(way.endpoint.query)) {
    const path = withQuery(targetOf(way), { ...queryOf(way), [field]: secretFor(`the parameter ${field}`) });
    expectRefused(way, `a token in ?${field}`, await client.send(`${name} with a token in ?${field}`, method, path));
  }
  for (const param of paramsIn(way.path)) {
    for (const secret of [secretFor(`{${param}}`), client.planted.oddText(`odd secret in {${param}} of ${name}`)]) {
      expectStatus(
        way,
        `a token in {${param}}`,
        await client.send(`${name} with a token in {${param}}`, method, targetOf(way, { [param]: secret }), bodyOf(way)),
        404,
      );
    }
  }
  // It may be done, and what it issued would be no planted secret.
  if (way.call.issues !== undefined) return;
  const strayed = withQuery(targetOf(way), { ...queryOf(way), api_key_token: secretFor('an unknown parameter') });
  expectRefused(way, 'a stray parameter', await client.send(`${name} with a stray parameter`, method, strayed, undefined));
};

/** Broken bodies, and headers that are not for secrets. */
const inOddShapes = async (way: Way): Promise<void> => {
  const { client, name, method } = way;
  const secret = client.planted.strangeToken(`token in an odd shape at ${name}`);
  const headers = client.authorized();
  const shapes: readonly (readonly [string, unknown, Headers])[] = [
    ['a body that is the token', secret, headers],
    ['a body that is the token in quotes', JSON.stringify(secret), headers],
    ['broken JSON', `{"api_key_token": '${secret}'}`, headers],
    ['JSON cut off in the token', `{"api_key_token": "${secret}`, headers],
    ['JSON cut off behind the token', `{"api_key_token": "${secret}",`, headers],
    ['another type of content', `api_key_token=${secret}`, { ...headers, 'content-type': 'application/x-www-form-urlencoded' }],
    ['a token for a type of content', '[]', { ...headers, 'content-type': `text/${secret}; charset=${secret}` }],
    [
      'a token in other headers',
      '[]',
      { ...headers, 'x-request-id': secret, 'user-agent': secret, referer: `https://example.test/?${secret}`, cookie: `a=${secret}`, [`x-${secret}`]: secret },
    ],
    ['a body that is too large', JSON.stringify({ [secret]: secret, padding: OVER_THE_LIMIT, api_key_token: secret }), headers],
  ];
  // Calls that take no body do not look at one: sent with one they would simply be done.
  for (const [what, body, more] of takesBody(way) ? shapes : []) {
    const answer = await client.send(`${name} with ${what}`, method, targetOf(way), body, more);
    if (answer.status < 400 || answer.status >= 500) throw new Error(`${name} with ${what}: ${String(answer.status)}`);
  }
};

const asItShould = async (way: Way): Promise<void> => {
  const { client, name, method, call } = way;
  const path = withQuery(targetOf(way), queryOf(way));
  if (call.issues !== undefined) {
    await client.issue(name, method, path, bodyOf(way), call.issues);
    return;
  }
  const repeatable = way.endpoint.idempotent ? { 'idempotency-key': client.planted.asciiText(`Idempotency-Key of ${name}`) } : {};
  const body = bodyOf(way);
  // With an unknown field, named and filled with a token.
  const stray = client.planted.strangeToken(`token in a field that ${name} does not have`);
  await client.done(name, method, path, body === undefined ? undefined : { ...body, [stray]: stray }, { ...client.authorized(), ...repeatable });
};

/** All ways to one endpoint lead to one handler: where only what comes behind it is of interest, the first will do. */
export type Ways = 'every way' | 'one way each';

/** Names of what got 200, to be compared with the table. */
export const exerciseEndpoints = async (client: CanaryClient, powerless: string, ways: Ways = 'every way'): Promise<readonly string[]> => {
  const done: string[] = [];
  const count = ways === 'every way' ? Infinity : 1;
  for (const endpoint of BACKEND_ENDPOINTS) {
    for (const method of endpoint.methods.slice(0, count)) {
      for (const path of endpoint.paths.slice(0, count)) {
        const name = `${method} ${endpoint.id}`;
        const call = ENDPOINT_CALLS[endpoint.id];
        const stageOf = () => prepareStage(client, call.needsSession);
        const way: Way = { client, endpoint, call, method, path, name, stage: await stageOf(), powerless };
        await asStrangers(way);
        await inEachPlace(way);
        await inOddShapes(way);
        // The stray parameter was overlooked, and what the call does was done.
        await asItShould({ ...way, stage: await stageOf() });
        done.push(`${method} ${path}`);
      }
    }
  }
  return done;
};
