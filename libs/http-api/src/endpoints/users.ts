import {
  CreateUserBody,
  EmailsBody,
  IncludeOrgsQuery,
  UpdateEmailBody,
  UpdatePasswordBody,
  UpdateUserBody,
  UserByEmailQuery,
  UserByUsernameQuery,
  UserIdsBody,
  UsernamesBody,
  UsersInOrgQuery,
  UsersQuery,
} from '../dto/users.js';
import { backendEndpoint } from './endpoint.js';

const USER = '/api/backend/v1/user';

export const USER_ENDPOINTS = [
  backendEndpoint('create-user', `POST ${USER}/`, 'Create Users', {
    summary: 'Create a user',
    description:
      'Creates a user and returns its id. `send_email_to_confirm_email_address` and `ignore_domain_restrictions` are accepted without effect: ' +
      'Keyfence sends no mail and checks no domains.',
    body: CreateUserBody,
    idempotent: true,
  }),
  backendEndpoint('fetch-user', `GET ${USER}/{user_id}`, 'Read Users', {
    summary: 'Fetch a user by id',
    description: 'Returns the user with this id.',
    query: IncludeOrgsQuery,
  }),
  backendEndpoint('fetch-user-by-email', `GET ${USER}/email`, 'Read Users', {
    summary: 'Fetch a user by email address',
    description: 'Returns the user with this email address.',
    query: UserByEmailQuery,
  }),
  backendEndpoint('fetch-user-by-username', `GET ${USER}/username`, 'Read Users', {
    summary: 'Fetch a user by username',
    description: 'Returns the user with this username.',
    query: UserByUsernameQuery,
  }),
  backendEndpoint('batch-users-by-id', `POST ${USER}/user_ids`, 'Read Users', {
    summary: 'Fetch up to 100 users by id',
    description: 'Returns the users with these ids. Unknown ids are left out.',
    body: UserIdsBody,
    query: IncludeOrgsQuery,
  }),
  backendEndpoint('batch-users-by-email', `POST ${USER}/emails`, 'Read Users', {
    summary: 'Fetch up to 100 users by email address',
    description: 'Returns the users with these email addresses. Unknown addresses are left out.',
    body: EmailsBody,
    query: IncludeOrgsQuery,
  }),
  backendEndpoint('batch-users-by-username', `POST ${USER}/usernames`, 'Read Users', {
    summary: 'Fetch up to 100 users by username',
    description: 'Returns the users with these usernames. Unknown usernames are left out.',
    body: UsernamesBody,
    query: IncludeOrgsQuery,
  }),
  backendEndpoint('query-users', `GET ${USER}/query`, 'Read Users', {
    summary: 'List users',
    description: 'Returns one page of users, newest first unless `order_by` names another order.',
    query: UsersQuery,
  }),
  backendEndpoint('query-users-in-org', `GET ${USER}/org/{org_id}`, 'Read Users', {
    summary: 'List the members of an organization',
    description: 'Returns one page of members with their roles, newest user first.',
    query: UsersInOrgQuery,
    needsOrganizations: true,
  }),
  backendEndpoint('update-user', `PUT ${USER}/{user_id}`, 'Update Users', {
    summary: 'Update a user',
    description: 'Changes the fields that the request contains. An empty string clears a field.',
    body: UpdateUserBody,
  }),
  backendEndpoint('update-email', `PUT ${USER}/{user_id}/email`, 'Update Users', {
    summary: "Change a user's email address",
    description: 'Replaces the email address. The new one counts as confirmed unless `require_email_confirmation` is true.',
    body: UpdateEmailBody,
  }),
  backendEndpoint('update-password', `PUT ${USER}/{user_id}/password`, 'Update Users', {
    summary: "Set a user's password",
    description: 'Sets a new password and ends all sessions of the user.',
    body: UpdatePasswordBody,
  }),
  backendEndpoint('clear-password', `PUT ${USER}/{user_id}/clear_password`, 'Update Users', {
    summary: "Remove a user's password",
    description: 'Removes the password and ends all sessions of the user.',
  }),
  backendEndpoint('disable-user', `POST ${USER}/{user_id}/disable`, 'Update Users', {
    summary: 'Block a user',
    description: "Blocks a user and ends all sessions of that user. The user's personal keys are dead when the call returns.",
  }),
  backendEndpoint('enable-user', `POST ${USER}/{user_id}/enable`, 'Update Users', {
    summary: 'Unblock a user',
    description: 'Unblocks a user, and ends the lock that too many wrong passwords have set.',
  }),
  backendEndpoint('delete-user', `DELETE ${USER}/{user_id}`, 'Delete Users', {
    summary: 'Delete a user',
    description: "Deletes a user. The user's personal keys are dead when the call returns.",
  }),
  backendEndpoint('logout-all-sessions', `POST ${USER}/{user_id}/logout_all_sessions`, 'Update Users', {
    summary: 'End all sessions of a user',
    description: 'Logs a user out everywhere.',
  }),
  backendEndpoint('enable-org-creation', `PUT ${USER}/{user_id}/can_create_orgs/enable`, 'Update Users', {
    summary: 'Allow a user to create organizations',
    description: 'Sets `can_create_orgs` of a user to true.',
    alsoMethod: 'POST',
  }),
  backendEndpoint('disable-org-creation', `PUT ${USER}/{user_id}/can_create_orgs/disable`, 'Update Users', {
    summary: 'Forbid a user to create organizations',
    description: 'Sets `can_create_orgs` of a user to false.',
    alsoMethod: 'POST',
  }),
] as const;
