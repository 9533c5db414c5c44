import { RefreshQuery } from '../dto/sessions.js';
import { hostEndpoints } from './endpoint.js';

const endpoint = hostEndpoints('session');

export const SESSION_ENDPOINTS = [
  endpoint('refresh-session', 'GET /api/v1/refresh_token', 'refresh-cookie', {
    summary: 'Refresh the session',
    description: 'Returns a new access token and replaces the refresh token.',
    query: RefreshQuery,
  }),
  endpoint('log-out', 'POST /api/v1/logout', 'refresh-cookie', {
    summary: 'Log out',
    description: 'Ends the session. Its access token is dead when the call returns.',
  }),
  endpoint('log-out-everywhere', 'POST /api/v1/logout_all_sessions', 'refresh-cookie', {
    summary: 'Log out everywhere',
    description: 'Ends all sessions of the user.',
  }),
  endpoint('fetch-signing-keys', 'GET /.well-known/jwks.json', 'none', {
    summary: 'Fetch the public signing keys (JWKS)',
    description: 'Returns the public keys that verify access tokens of this environment.',
    hasPublicCors: true,
  }),
] as const;
