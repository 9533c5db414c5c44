import { CreateOwnApiKeyBody, OrgApiKeysQuery, PersonalApiKeysQuery, RenameApiKeyBody } from '../dto/own-api-keys.js';
import { LoginBody, SignupBody } from '../dto/sessions.js';
import { hostEndpoints } from './endpoint.js';

const endpoint = hostEndpoints('frontend');

const FE = '/api/fe/v3';

export const FRONTEND_API_ENDPOINTS = [
  endpoint('log-in', `POST ${FE}/login`, 'none', 'Logs in with email address and password; sets the cookies of the session.', { body: LoginBody }),
  endpoint(
    'sign-up',
    `POST ${FE}/signup`,
    'none',
    'Signs a user up, if the environment allows it. Does not log in; the answer is the same for a known address.',
    { body: SignupBody },
  ),
  endpoint('fetch-login-state', `GET ${FE}/login_state`, 'none', 'Returns what is left to do until the user is logged in.'),
  endpoint(
    'create-own-api-key',
    `POST ${FE}/api_keys`,
    'session',
    'Creates a personal key, or with `org_id` a key of an organization, and returns its token. The token is shown only once.',
    { body: CreateOwnApiKeyBody },
  ),
  endpoint('rename-own-api-key', `PATCH ${FE}/api_keys/{api_key_id}`, 'session', 'Gives a key another display name.', { body: RenameApiKeyBody }),
  endpoint(
    'delete-own-api-key',
    `DELETE ${FE}/api_keys/{api_key_id}`,
    'session',
    'Revokes a key of the user, or of an organization; it is dead when the call returns.',
  ),
  endpoint('list-personal-api-keys', `GET ${FE}/personal_api_keys`, 'session', "Lists the caller's living personal keys.", { query: PersonalApiKeysQuery }),
  endpoint('list-org-api-keys', `GET ${FE}/org_api_keys`, 'session', 'Lists the living keys of an organization.', { query: OrgApiKeysQuery }),
] as const;
