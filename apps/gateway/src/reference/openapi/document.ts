import { BACKEND_SCHEMAS } from './backend-schemas.js';
import { backendOperations } from './backend-operations.js';
import { HOST_SCHEMAS } from './host-schemas.js';
import { hostOperations } from './host-operations.js';
import type { OpenApiDocument, OpenApiPathItem, OpenApiTag, PlacedOperation } from './open-api-types.js';
import { DESCRIPTION } from './introduction.js';

const BACKEND_TAGS: readonly OpenApiTag[] = [
  { name: 'API keys', description: 'Backend API: keys of users, keys of organizations, and keys without an owner.' },
  { name: 'Users', description: 'Backend API: the users who own keys.' },
  { name: 'Organizations', description: 'Backend API: organizations and their members.' },
  { name: 'Tokens', description: 'Backend API: access tokens, and sessions that your server keeps for a user.' },
];
const EDGE_TAGS: readonly OpenApiTag[] = [
  { name: 'Organization API', description: "An organization's own keys: its admins create them, its servers use them." },
  { name: 'Frontend API', description: 'For the pages of your users: login, and the keys that users manage themselves.' },
  { name: 'Sessions', description: 'How a page keeps its user logged in, and the keys that verify access tokens.' },
];

const SECURITY_SCHEMES = {
  backendKey: { type: 'http', scheme: 'bearer', description: 'A backend key. It selects the environment and has the permissions for the call.' },
  organizationKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key of the organization that X-Org-Slug names.' },
  accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of a session.' },
  accessTokenCookie: { type: 'apiKey', in: 'cookie', name: 'access_token', description: 'The access token of a session, set by login and refresh.' },
  refreshTokenCookie: { type: 'apiKey', in: 'cookie', name: 'refresh_token', description: 'The refresh token of a session, set by login and refresh.' },
} as const;

const pathsOf = (operations: readonly PlacedOperation[]): Readonly<Record<string, OpenApiPathItem>> => {
  const paths = new Map<string, OpenApiPathItem>();
  for (const { path, method, operation } of operations) paths.set(path, { ...paths.get(path), [method]: operation });
  return Object.fromEntries(paths);
};

const groupOf = (name: string, tags: readonly OpenApiTag[]) => ({ name, tags: tags.map((tag) => tag.name) });

/** Every HTTP API as one OpenAPI document, built from the same tables as the routes. The same for every environment. */
export const openApiDocument = ({ version, serverUrl }: { readonly version: string; readonly serverUrl: string }): OpenApiDocument => ({
  openapi: '3.1.0',
  info: { title: 'Keyfence', version, description: DESCRIPTION },
  servers: [{ url: serverUrl }],
  tags: [...BACKEND_TAGS, ...EDGE_TAGS],
  'x-tagGroups': [groupOf('Backend API', BACKEND_TAGS), groupOf('For organizations and their members', EDGE_TAGS)],
  paths: pathsOf([...backendOperations(), ...hostOperations()]),
  components: { schemas: { ...BACKEND_SCHEMAS, ...HOST_SCHEMAS }, securitySchemes: SECURITY_SCHEMES },
});
