import type { FirstStart } from './first-start.js';

const firstSteps = (address: string, backendKey: string): string => `
Backend key: ${backendKey}
Shown only once. It has full access to this environment; store it like a password.

Three commands to paste: create a user, create a key for it, validate the key.

  USER_ID=$(curl -s ${address}/api/backend/v1/user/ -H "Authorization: Bearer ${backendKey}" -d '{"email":"ada@example.test"}' | cut -d'"' -f4)
  API_KEY=$(curl -s ${address}/api/backend/v1/end_user_api_keys -H "Authorization: Bearer ${backendKey}" -d '{"user_id":"'$USER_ID'"}' | sed 's/.*"api_key_token":"\\([^"]*\\)".*/\\1/')
  curl -s ${address}/api/backend/v1/end_user_api_keys/validate -H "Authorization: Bearer ${backendKey}" -d '{"api_key_token":"'$API_KEY'"}'
`;

const laterSteps = (environmentName: string): string => `
For another backend key: npm run keyfence -- backend-keys create --name <name> --permissions full-access --environment ${environmentName}
`;

/** What a person reads at the start: where it listens, and the next step. */
export const greeting = (address: string, { environmentName, authUrl, backendKey }: FirstStart): string => `
Keyfence is listening on ${address}

Environment: ${environmentName}
Auth URL: ${authUrl}
${backendKey === null ? laterSteps(environmentName) : firstSteps(address, backendKey)}`;
