import { CreateOwnApiKeyBody, OrgApiKeysQuery, PersonalApiKeysQuery, RenameApiKeyBody } from '../dto/own-api-keys.js';
import { LoginBody, SignupBody } from '../dto/sessions.js';
import { hostEndpoints } from './endpoint.js';

const endpoint = hostEndpoints('frontend');

const FE = '/api/fe/v3';

export const FRONTEND_API_ENDPOINTS = [
  endpoint('log-in', `POST ${FE}/login`, 'none', {
    summary: 'Log in with email address and password',
    description: 'Starts a session and sets its cookies.',
    body: LoginBody,
  }),
  endpoint('sign-up', `POST ${FE}/signup`, 'none', {
    summary: 'Sign up',
    description: 'Creates an account if the environment allows it, without logging in. The response is the same if the address already has an account.',
    body: SignupBody,
  }),
  endpoint('fetch-login-state', `GET ${FE}/login_state`, 'none', {
    summary: 'Fetch the login state',
    description: 'Returns the next step of the login, or `Finished` if nothing is left to do.',
  }),
  endpoint('create-own-api-key', `POST ${FE}/api_keys`, 'session', {
    summary: 'Create a personal or organization key',
    description: 'Creates a personal key, or with `org_id` a key of that organization, and returns its token. The token is shown only once.',
    body: CreateOwnApiKeyBody,
  }),
  endpoint('rename-own-api-key', `PATCH ${FE}/api_keys/{api_key_id}`, 'session', {
    summary: 'Rename a personal or organization key',
    description: 'Changes the display name of a key.',
    body: RenameApiKeyBody,
  }),
  endpoint('delete-own-api-key', `DELETE ${FE}/api_keys/{api_key_id}`, 'session', {
    summary: 'Revoke a personal or organization key',
    description: 'Revokes a key. The key is dead when the call returns.',
  }),
  endpoint('list-personal-api-keys', `GET ${FE}/personal_api_keys`, 'session', {
    summary: 'List personal keys',
    description: "Returns one page of the user's active personal keys.",
    query: PersonalApiKeysQuery,
  }),
  endpoint('list-org-api-keys', `GET ${FE}/org_api_keys`, 'session', {
    summary: "List an organization's keys",
    description: "Returns one page of the organization's active keys.",
    query: OrgApiKeysQuery,
  }),
] as const;
