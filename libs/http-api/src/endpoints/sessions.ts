import { RefreshQuery } from '../dto/sessions.js';
import { hostEndpoints } from './endpoint.js';

const endpoint = hostEndpoints('session');

export const SESSION_ENDPOINTS = [
  endpoint('refresh-session', 'GET /api/v1/refresh_token', 'refresh-cookie', 'Returns a new access token and rotates the refresh token.', {
    query: RefreshQuery,
  }),
  endpoint('log-out', 'POST /api/v1/logout', 'refresh-cookie', 'Logs out: ends the session; its access token is dead when the call returns.'),
  endpoint('log-out-everywhere', 'POST /api/v1/logout_all_sessions', 'refresh-cookie', 'Ends all sessions of the user.'),
  endpoint('fetch-signing-keys', 'GET /.well-known/jwks.json', 'none', 'Returns the public keys for checking access tokens.', { hasPublicCors: true }),
] as const;
