import type { OpenApiDocument, OpenApiMethod, OpenApiOperation, OpenApiParameter, PlacedOperation } from '@app/gateway/reference/openapi/open-api-types.js';
import type { JsonSchema } from '@app/http-api';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { FE } from './edge-tenant.js';
import { fittingJson, objectJson, oddBody, oddJson, oddText, oddUrlText } from './mutated-values.js';
import { KNOWN_NAME, type MutatedWorld } from './mutated-world.js';
import { wireId } from './organization-stage.js';

export type MutatedHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface MutatedRequest {
  readonly number: number;
  /** What the document has for the method and the path that went out; null if it has nothing. */
  readonly placed: PlacedOperation | null;
  readonly method: string;
  readonly target: string;
  readonly headers: MutatedHeaders;
  readonly body: string | null;
}

export const operationsOf = ({ paths }: OpenApiDocument): readonly PlacedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method: method as OpenApiMethod, operation })));

const WITHOUT_END = /\/$/;
const asPattern = (path: string): RegExp => new RegExp(`^${path.replace(WITHOUT_END, '').replace(/\{\w+\}/g, '[^/]+')}/?$`);

/** As a router finds it: what stands there word for word goes before a parameter. */
export const operationAt = (operations: readonly PlacedOperation[], method: string, path: string): PlacedOperation | null => {
  const fitting = operations.filter((one) => one.method === method.toLowerCase() && asPattern(one.path).test(path));
  return fitting.find((one) => !one.path.includes('{')) ?? fitting[0] ?? null;
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const SURPLUS = [
  '__proto__',
  'constructor',
  'toString',
  'environment_id',
  'environmentId',
  'user',
  'actor',
  'digest',
  'isAdmin',
  '',
  'a'.repeat(300),
  '\u0000',
] as const;

/** Makes the requests of one run, each from a chance of its own: the same seed and number make the same choices. */
export class RequestMutator {
  constructor(
    readonly operations: readonly PlacedOperation[],
    readonly world: MutatedWorld,
    readonly secondBackendKey: string,
  ) {}

  next(number: number, random: SeededRandom): MutatedRequest {
    const { path, method, operation } = this.#picked(random);
    const pathname = this.#pathname(path, random);
    const sent = random.chance(0.03) ? random.pick(METHODS) : method.toUpperCase();
    const body = this.#body(operation, sent, random);
    const headers = {
      ...this.#usual(path, random),
      ...this.#openers(operation, random),
      ...(operation.operationId.startsWith('create-') && random.chance(0.1) ? { 'idempotency-key': oddText(random) } : {}),
    };
    return {
      number,
      method: sent,
      body,
      target: pathname + this.#query(operation.parameters, random),
      placed: operationAt(this.operations, sent, pathname),
      headers: this.#awayFromHome(headers),
    };
  }

  /** What the other environment holds is presented at another host: at its own it would be right. */
  #awayFromHome(headers: MutatedHeaders): MutatedHeaders {
    const { own, foreign } = this.world;
    const shown = JSON.stringify(headers);
    const isAtHome =
      headers['host'] === foreign.host && [foreign.orgKey.token, foreign.endUser.accessToken, foreign.refreshToken].some((token) => shown.includes(token));
    return isAtHome ? { ...headers, host: own.host } : headers;
  }

  /** Wrong passwords are counted for the address, and after a hundred no user could log in any more. */
  #picked(random: SeededRandom): PlacedOperation {
    const picked = random.pick(this.operations);
    return picked.operation.operationId === 'log-in' && random.chance(0.6) ? this.#picked(random) : picked;
  }

  #pathname(path: string, random: SeededRandom): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(random.chance(0.15) ? oddUrlText(random) : this.#idFor(name, random)));
    const odd = random.integer(100);
    if (odd < 2) return `${filled}${random.pick(['/', '//', '/x', '/..', '%2f', '%00', ';a=b', '/%2e%2e/x', '%', '%ff'])}`;
    return odd < 4 ? random.pick([filled.toUpperCase(), `/${filled}`, filled.replace('/v1/', '/v1//'), filled.replace('/api/', '/api/./')]) : filled;
  }

  #idFor(name: string, random: SeededRandom): string {
    const { own, foreign, userIds, orgIds, keys, spareKeyIds, otherOrg } = this.world;
    const keyIds = [
      random.pick(keys).id,
      random.pick(keys).id,
      ...spareKeyIds,
      ...spareKeyIds,
      random.pick([foreign.orgKey.id, foreign.personalKey.id, otherOrg.key.id]),
    ];
    switch (name) {
      case 'user_id':
        return random.pick([...userIds, foreign.userId, foreign.userId]);
      case 'org_id':
      case 'active_org_id':
        return random.pick([...orgIds, foreign.orgId, foreign.orgId]);
      case 'key_id':
        return wireId('key', random.pick(keyIds));
      case 'member_id':
        return wireId('usr', random.pick([own.userId, own.userId, foreign.userId, ...userIds]));
      case 'api_key_id':
      case 'api_key_search':
        return random.pick(keyIds);
      default:
        return 'x';
    }
  }

  #query(parameters: readonly OpenApiParameter[], random: SeededRandom): string {
    const query = new URLSearchParams();
    for (const { name, schema, required } of parameters.filter((one) => one.in === 'query')) {
      if (random.chance(required ? 0.9 : 0.4)) query.append(name, random.chance(0.25) ? oddUrlText(random) : this.#queryValue(name, schema, random));
      if (random.chance(0.03)) query.append(name, oddUrlText(random));
    }
    if (random.chance(0.05)) query.append(random.pick(SURPLUS), oddUrlText(random));
    const text = query.toString();
    return text === '' ? '' : `?${text}${random.chance(0.02) ? '&%zz=%&=&&' : ''}`;
  }

  #queryValue(name: string, schema: JsonSchema, random: SeededRandom): string {
    const { foreign, own } = this.world;
    if (name === 'email' || name === 'user_email') return random.pick([foreign.plan.email, own.plan.email]);
    if (name === 'date') return random.pick(['2026-11-21', '2023-02-28']);
    if (name === 'username') return KNOWN_NAME;
    if (name.endsWith('org_id') && random.chance(0.6)) return own.orgId;
    return /id$|search$/.test(name) ? this.#idFor(name, random) : String(JSON.parse(fittingJson(schema, random)));
  }

  #body({ requestBody }: OpenApiOperation, method: string, random: SeededRandom): string | null {
    if (method === 'GET') return null;
    if (requestBody === undefined) return random.chance(0.2) ? oddBody(random) : null;
    if (random.chance(0.07)) return oddBody(random);
    const schema = requestBody.content['application/json']?.schema ?? {};
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    const fields = new Map<string, string>();
    for (const [name, field] of Object.entries(schema['properties'] ?? {})) {
      if (random.chance(required.includes(name) ? 0.93 : 0.35))
        fields.set(name, random.chance(0.2) ? oddJson(random) : this.#fieldJson(name, field as JsonSchema, random));
    }
    if (random.chance(0.1)) fields.set(random.pick(SURPLUS), oddJson(random));
    return objectJson(fields);
  }

  #fieldJson(name: string, schema: JsonSchema, random: SeededRandom): string {
    const { own, foreign, keys } = this.world;
    const tokens = [...keys.map(({ token }) => token), foreign.orgKey.token, foreign.personalKey.token, own.orgKey.token];
    switch (name) {
      case 'org_id':
      case 'active_org_id':
        return JSON.stringify(random.chance(0.3) ? own.orgId : this.#idFor('org_id', random));
      case 'user_id':
        return JSON.stringify(random.chance(0.3) ? own.userId : this.#idFor(name, random));
      case 'user_ids':
        return JSON.stringify([this.#idFor('user_id', random), this.#idFor('user_id', random)]);
      case 'api_key_token':
        return JSON.stringify(random.pick(tokens));
      case 'imported_api_key':
        return JSON.stringify(random.chance(0.5) ? random.pick(tokens) : `a mutated token ${String(random.integer(1_000_000))}`);
      case 'token':
        return JSON.stringify(random.pick([own.endUser.accessToken, foreign.endUser.accessToken, random.pick(tokens)]));
      case 'refresh_token':
        return JSON.stringify(random.pick([foreign.refreshToken, own.refreshToken, 'f'.repeat(104), random.pick(tokens)]));
      case 'password':
        return JSON.stringify(random.pick(['a mutated password', 'another mutated password']));
      case 'role':
        return JSON.stringify(random.pick(['Member', 'Admin', 'Owner', 'Emperor']));
      case 'expires_at_seconds':
        return String(random.pick([4_000_000_000, 4_100_000_000, 1_000_000_000]));
      case 'expiresAt':
        return random.pick(['"2999-01-31"', '"2999-01-31T00:00:00Z"', '"2020-01-31"', 'null']);
      case 'expiration_option':
        return random.pick(['"Never"', '"TwoWeeks"', '"Always"']);
      default:
        return fittingJson(schema, random);
    }
  }

  #usual(path: string, random: SeededRandom): MutatedHeaders {
    const { own, foreign } = this.world;
    const host = random.chance(0.05) ? random.pick([foreign.host, 'nobody.keyfence.localhost', '127.0.0.1', 'x']) : own.host;
    const slug = random.chance(0.08) ? random.pick([foreign.slug, own.slug.toUpperCase(), 'only-another-organization', oddText(random)]) : own.slug;
    return {
      host,
      'content-type': random.pick(['application/json', 'application/json', 'text/plain', 'multipart/form-data; boundary=x']),
      ...(path.startsWith(FE) && random.chance(0.96) ? { 'x-csrf-token': '-.-' } : {}),
      ...(random.chance(0.97) ? { 'x-org-slug': slug } : {}),
      ...(random.chance(0.02) ? { origin: random.pick([`http://${own.host}`, 'https://evil.example.test', 'null']) } : {}),
    };
  }

  #openers({ security }: OpenApiOperation, random: SeededRandom): MutatedHeaders {
    const way = Object.keys(random.pickOrNull(security) ?? {})[0];
    const good = way === undefined ? {} : this.#opener(way, random);
    const odd = random.integer(100);
    if (odd < 5) return {};
    if (odd < 8) return Object.fromEntries(Object.entries(good).map(([name, value]) => [name, [String(value), oddText(random)]]));
    return odd < 11 ? { ...good, authorization: random.pick(['Bearer', 'Bearer  ', 'Basic eDp5', `Bearer ${oddText(random)}`, 'bearer null']) } : good;
  }

  #opener(way: string, random: SeededRandom): MutatedHeaders {
    const { own, foreign, keys, otherOrg, revokedOrgKey } = this.world;
    const endUser = random.chance(0.1) ? foreign.endUser : own.endUser;
    switch (way) {
      case 'backendKey':
        return {
          authorization: `Bearer ${random.pick([...Array<string>(30).fill(own.backend.backendKey), this.secondBackendKey, foreign.personalKey.token, endUser.accessToken])}`,
        };
      case 'organizationKey':
        return {
          'x-api-key': random.pick([
            ...Array<string>(9).fill(own.orgKey.token),
            foreign.orgKey.token,
            otherOrg.key.token,
            revokedOrgKey?.token ?? '',
            revokedOrgKey?.token ?? '',
            ...keys.slice(-4).map(({ token }) => token),
          ]),
        };
      case 'accessToken':
        return { authorization: `Bearer ${endUser.accessToken}` };
      case 'accessTokenCookie':
        return { cookie: `access_token=${endUser.accessToken}` };
      case 'refreshTokenCookie':
        return {
          cookie: `refresh_token=${random.chance(0.25) ? own.refreshToken : random.pick([foreign.refreshToken, 'f'.repeat(104), oddText(random).replaceAll(/[;,\s"]/g, '')])}`,
        };
      default:
        throw new Error(`It is unknown how to present a ${way}.`);
    }
  }
}
