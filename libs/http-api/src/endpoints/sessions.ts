import { RefreshQuery } from '../dto/sessions.js';
import { hostEndpoints } from './endpoint.js';

const endpoint = hostEndpoints('session');

export const SESSION_ENDPOINTS = [
  endpoint('refresh-session', 'GET /api/v1/refresh_token', 'refresh-cookie', 'Returns a new access token and rotates the refresh token.', {
    query: RefreshQuery,
  }),
  endpoint('log-out', 'POST /api/v1/logout', 'refresh-cookie', 'Ends the session; its access token is dead when this answers.'),
  endpoint('log-out-everywhere', 'POST /api/v1/logout_all_sessions', 'refresh-cookie', 'Ends all sessions of the user.'),
  endpoint('fetch-signing-keys', 'GET /.well-known/jwks.json', 'none', 'The public keys that access tokens are checked with.', { hasPublicCors: true }),
] as const;
