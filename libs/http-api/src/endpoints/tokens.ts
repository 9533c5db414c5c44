import { RefreshQuery, RefreshTokenBody } from '../dto/sessions.js';
import { AccessTokenBody } from '../dto/users.js';
import { backendEndpoint } from './endpoint.js';

export const TOKEN_ENDPOINTS = [
  backendEndpoint('create-access-token', 'POST /api/backend/v1/access_token', 'Create Access Tokens', 'Makes an access token for a user.', {
    body: AccessTokenBody,
    // 403 says "no such user" on this call.
    deniedStatus: 401,
  }),
  backendEndpoint(
    'token-verification-metadata',
    'GET /api/v1/token_verification_metadata',
    'Validate Frontend Requests',
    'The public key that access tokens are checked with.',
    {
      alsoPath: '/api/backend/v1/token_verification_metadata',
    },
  ),
  backendEndpoint(
    'refresh-session-by-backend',
    'POST /api/backend/v1/refresh_token',
    'Validate Frontend Requests',
    'Rotates a refresh token for its holder, who is a server of yours.',
    {
      body: RefreshTokenBody,
      query: RefreshQuery,
    },
  ),
  backendEndpoint('log-out-by-backend', 'POST /api/backend/v1/logout', 'Validate Frontend Requests', 'Ends the session of a refresh token.', {
    body: RefreshTokenBody,
  }),
] as const;
