import { RefreshQuery, RefreshTokenBody } from '../dto/sessions.js';
import { AccessTokenBody } from '../dto/users.js';
import { backendEndpoint } from './endpoint.js';

export const TOKEN_ENDPOINTS = [
  backendEndpoint('create-access-token', 'POST /api/backend/v1/access_token', 'Create Access Tokens', {
    summary: 'Create an access token for a user',
    description: 'Returns an access token that belongs to no session.',
    body: AccessTokenBody,
    // 403 says "no such user" on this call.
    deniedStatus: 401,
  }),
  backendEndpoint('token-verification-metadata', 'GET /api/v1/token_verification_metadata', 'Validate Frontend Requests', {
    summary: 'Fetch the public key of access tokens',
    description: 'Returns the public key that verifies access tokens of this environment.',
    alsoPath: '/api/backend/v1/token_verification_metadata',
  }),
  backendEndpoint('refresh-session-by-backend', 'POST /api/backend/v1/refresh_token', 'Validate Frontend Requests', {
    summary: 'Refresh a session from your server',
    description: 'Replaces a refresh token that your server keeps for a user, and returns a new access token with it.',
    body: RefreshTokenBody,
    query: RefreshQuery,
  }),
  backendEndpoint('log-out-by-backend', 'POST /api/backend/v1/logout', 'Validate Frontend Requests', {
    summary: 'Log out from your server',
    description: 'Ends the session of a refresh token that your server keeps for a user.',
    body: RefreshTokenBody,
  }),
] as const;
