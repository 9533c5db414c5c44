import { RefreshQuery, RefreshTokenBody } from '../dto/sessions.js';
import { AccessTokenBody } from '../dto/users.js';
import { backendEndpoint } from './endpoint.js';

export const TOKEN_ENDPOINTS = [
  backendEndpoint('create-access-token', 'POST /api/backend/v1/access_token', 'Create Access Tokens', 'Creates an access token for a user.', {
    body: AccessTokenBody,
    // 403 says "no such user" on this call.
    deniedStatus: 401,
  }),
  backendEndpoint(
    'token-verification-metadata',
    'GET /api/v1/token_verification_metadata',
    'Validate Frontend Requests',
    'Returns the public key for checking access tokens.',
    {
      alsoPath: '/api/backend/v1/token_verification_metadata',
    },
  ),
  backendEndpoint(
    'refresh-session-by-backend',
    'POST /api/backend/v1/refresh_token',
    'Validate Frontend Requests',
    'Rotates a refresh token for your server, which holds it for a user.',
    {
      body: RefreshTokenBody,
      query: RefreshQuery,
    },
  ),
  backendEndpoint('log-out-by-backend', 'POST /api/backend/v1/logout', 'Validate Frontend Requests', 'Ends the session of a refresh token.', {
    body: RefreshTokenBody,
  }),
] as const;
