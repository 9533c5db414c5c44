import { BACKEND_SCHEMAS } from './backend-schemas.js';
import { backendOperations } from './backend-operations.js';
import { HOST_SCHEMAS } from './host-schemas.js';
import { hostOperations } from './host-operations.js';
import type { OpenApiDocument, OpenApiPathItem, OpenApiTag, PlacedOperation } from './open-api-types.js';
import { DESCRIPTION } from './introduction.js';

const BACKEND_TAGS: readonly OpenApiTag[] = [
  { name: 'API keys', description: 'Backend API: keys of users, keys of organizations, and generic keys.' },
  { name: 'Users', description: 'Backend API: the users whose keys these are.' },
  { name: 'Organizations', description: 'Backend API: organizations and their members.' },
  { name: 'Tokens', description: 'Backend API: access tokens, and sessions that a server of yours holds for a user.' },
];
const EDGE_TAGS: readonly OpenApiTag[] = [
  { name: 'Organization API', description: "An organization's own keys: made by its admins, used by its servers." },
  { name: 'Frontend API', description: 'For the pages of your users: login, and the keys that they manage themselves.' },
  { name: 'Sessions', description: 'How a page keeps its user logged in, and the keys that access tokens are checked with.' },
];

const SECURITY_SCHEMES = {
  backendKey: { type: 'http', scheme: 'bearer', description: 'A backend key. It determines the environment and the permissions.' },
  organizationKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key of the organization that X-Org-Slug names.' },
  accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of a session.' },
  accessTokenCookie: { type: 'apiKey', in: 'cookie', name: 'access_token', description: 'The access token of a session, as login and refresh set it.' },
  refreshTokenCookie: { type: 'apiKey', in: 'cookie', name: 'refresh_token', description: 'The refresh token of a session, as login and refresh set it.' },
} as const;

const pathsOf = (operations: readonly PlacedOperation[]): Readonly<Record<string, OpenApiPathItem>> => {
  const paths = new Map<string, OpenApiPathItem>();
  for (const { path, method, operation } of operations) paths.set(path, { ...paths.get(path), [method]: operation });
  return Object.fromEntries(paths);
};

const groupOf = (name: string, tags: readonly OpenApiTag[]) => ({ name, tags: tags.map((tag) => tag.name) });

/** Every HTTP API as one OpenAPI document, made from the tables that the routes are made from. The same for every environment. */
export const openApiDocument = ({ version, serverUrl }: { readonly version: string; readonly serverUrl: string }): OpenApiDocument => ({
  openapi: '3.1.0',
  info: { title: 'Keyfence', version, description: DESCRIPTION },
  servers: [{ url: serverUrl }],
  tags: [...BACKEND_TAGS, ...EDGE_TAGS],
  'x-tagGroups': [groupOf('Backend API', BACKEND_TAGS), groupOf('For organizations and their members', EDGE_TAGS)],
  paths: pathsOf([...backendOperations(), ...hostOperations()]),
  components: { schemas: { ...BACKEND_SCHEMAS, ...HOST_SCHEMAS }, securitySchemes: SECURITY_SCHEMES },
});
