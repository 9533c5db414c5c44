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
  key_id: { schema: { type: 'string', description: '`key_` and the 32 hex digits of the key id.' }, example: EXAMPLE.organizationKeyId },
  member_id: { schema: { type: 'string', description: '`usr_` and the 32 hex digits of the user id.' }, example: EXAMPLE.memberId },
};

const pathIdOf = (name: string): PathId => {
  const found = PATH_IDS[name];
  if (found === undefined) throw new Error(`The path parameter ${name} is not described.`);
  return found;
};

/** The parameters in braces of a path. `examples` replace the usual values. */
export const pathParameters = (path: string, examples: Readonly<Record<string, string>> = {}): readonly OpenApiParameter[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const { schema, example } = pathIdOf(name);
    return { name, in: 'path', required: true, description: 'In upper or lower case. A malformed one is a 404.', schema, example: examples[name] ?? example };
  });

export const IDEMPOTENCY_KEY: OpenApiParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A second request with the same key and body gets the first response. Keys are separate for each environment, backend key and call.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: String.raw`^[\x20-\x7e]*$` },
};

export const TENANT: OpenApiParameter = {
  name: 'X-Propelauth-url',
  in: 'header',
  required: false,
  description: 'The host of the auth URL. It must be that of the environment, which the backend key selects.',
  schema: { type: 'string' },
};

const ORG_SLUG: OpenApiParameter = {
  name: 'X-Org-Slug',
  in: 'header',
  required: true,
  description: 'The slug of the organization.',
  schema: { type: 'string' },
  example: EXAMPLE.orgSlug,
};
const CSRF: OpenApiParameter = {
  name: 'X-CSRF-Token',
  in: 'header',
  required: true,
  description: 'A constant. A page of another origin cannot send it without a CORS preflight.',
  schema: { const: '-.-' },
  example: '-.-',
};

/** The headers that a call outside the backend API needs, without its credential. */
export const hostHeaders = ({ api }: HostEndpoint): readonly OpenApiParameter[] => {
  if (api === 'organization') return [ORG_SLUG];
  return api === 'frontend' ? [CSRF] : [];
};
