import { type HostEndpoint, KEY_ID_PATTERN, UUID_PATTERN, type JsonSchema } from '@app/http-api';
import { EXAMPLE } from './example-records.js';
import type { OpenApiParameter } from './open-api-types.js';

interface PathId {
  readonly schema: JsonSchema;
  readonly example: string;
}
const PATH_IDS: Readonly<Record<string, PathId>> = {
  user_id: { schema: { type: 'string', format: 'uuid', pattern: UUID_PATTERN }, example: EXAMPLE.userId },
  org_id: { schema: { type: 'string', format: 'uuid', pattern: UUID_PATTERN }, example: EXAMPLE.orgId },
  api_key_id: { schema: { type: 'string', pattern: KEY_ID_PATTERN }, example: EXAMPLE.keyId },
  key_id: { schema: { type: 'string', description: '`key_` and the 32 hex of the key id.' }, example: EXAMPLE.organizationKeyId },
  member_id: { schema: { type: 'string', description: '`usr_` and the 32 hex of the user id.' }, example: EXAMPLE.memberId },
};

const pathIdOf = (name: string): PathId => {
  const found = PATH_IDS[name];
  if (found === undefined) throw new Error(`The path parameter ${name} is not described.`);
  return found;
};

/** What stands in braces in a path. `examples`: other values than the usual. */
export const pathParameters = (path: string, examples: Readonly<Record<string, string>> = {}): readonly OpenApiParameter[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const { schema, example } = pathIdOf(name);
    return { name, in: 'path', required: true, description: 'In either case; a malformed one is a 404.', schema, example: examples[name] ?? example };
  });

export const IDEMPOTENCY_KEY: OpenApiParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes the creation repeatable: the same key and body return the first result again. It counts per environment, backend key and call.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: String.raw`^[\x20-\x7e]*$` },
};

export const TENANT: OpenApiParameter = {
  name: 'X-Propelauth-url',
  in: 'header',
  required: false,
  description: 'The host of the auth URL. It confirms the environment; the backend key decides it.',
  schema: { type: 'string' },
};

const ORG_SLUG: OpenApiParameter = {
  name: 'X-Org-Slug',
  in: 'header',
  required: true,
  description: 'The organization that the request is about.',
  schema: { type: 'string' },
  example: EXAMPLE.orgSlug,
};
const CSRF: OpenApiParameter = {
  name: 'X-CSRF-Token',
  in: 'header',
  required: true,
  description: 'A constant. No page of another origin can send it without a preflight.',
  schema: { const: '-.-' },
  example: '-.-',
};

/** The headers that a call beside the backend API's needs, those of its way in left out. */
export const hostHeaders = ({ api }: HostEndpoint): readonly OpenApiParameter[] => {
  if (api === 'organization') return [ORG_SLUG];
  return api === 'frontend' ? [CSRF] : [];
};
