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
  backendEndpoint('create-user', `POST ${USER}/`, 'Create Users', 'Creates a user.', { body: CreateUserBody, idempotent: true }),
  backendEndpoint('fetch-user', `GET ${USER}/{user_id}`, 'Read Users', 'Fetches a user by id.', { query: IncludeOrgsQuery }),
  backendEndpoint('fetch-user-by-email', `GET ${USER}/email`, 'Read Users', 'Fetches a user by email address.', { query: UserByEmailQuery }),
  backendEndpoint('fetch-user-by-username', `GET ${USER}/username`, 'Read Users', 'Fetches a user by user name.', { query: UserByUsernameQuery }),
  backendEndpoint('batch-users-by-id', `POST ${USER}/user_ids`, 'Read Users', 'Fetches up to 100 users by id; unknown ones are left out.', {
    body: UserIdsBody,
    query: IncludeOrgsQuery,
  }),
  backendEndpoint('batch-users-by-email', `POST ${USER}/emails`, 'Read Users', 'Fetches up to 100 users by email address; unknown ones are left out.', {
    body: EmailsBody,
    query: IncludeOrgsQuery,
  }),
  backendEndpoint('batch-users-by-username', `POST ${USER}/usernames`, 'Read Users', 'Fetches up to 100 users by user name; unknown ones are left out.', {
    body: UsernamesBody,
    query: IncludeOrgsQuery,
  }),
  backendEndpoint('query-users', `GET ${USER}/query`, 'Read Users', 'Lists users, newest first unless asked otherwise.', { query: UsersQuery }),
  backendEndpoint('query-users-in-org', `GET ${USER}/org/{org_id}`, 'Read Users', 'Lists the members of an organization with their roles.', {
    query: UsersInOrgQuery,
    needsOrganizations: true,
  }),
  backendEndpoint('update-user', `PUT ${USER}/{user_id}`, 'Update Users', 'Updates the given fields of a user; an empty text clears a field.', {
    body: UpdateUserBody,
  }),
  backendEndpoint('update-email', `PUT ${USER}/{user_id}/email`, 'Update Users', 'Changes the email address of a user.', { body: UpdateEmailBody }),
  backendEndpoint('update-password', `PUT ${USER}/{user_id}/password`, 'Update Users', 'Sets the password of a user.', { body: UpdatePasswordBody }),
  backendEndpoint('clear-password', `PUT ${USER}/{user_id}/clear_password`, 'Update Users', 'Removes the password of a user.'),
  backendEndpoint('disable-user', `POST ${USER}/{user_id}/disable`, 'Update Users', 'Blocks a user; the personal keys are dead when the call returns.'),
  backendEndpoint('enable-user', `POST ${USER}/{user_id}/enable`, 'Update Users', 'Unblocks a user.'),
  backendEndpoint('delete-user', `DELETE ${USER}/{user_id}`, 'Delete Users', 'Deletes a user; the personal keys are dead when the call returns.'),
  backendEndpoint('logout-all-sessions', `POST ${USER}/{user_id}/logout_all_sessions`, 'Update Users', 'Ends all sessions of a user.'),
  backendEndpoint('enable-org-creation', `PUT ${USER}/{user_id}/can_create_orgs/enable`, 'Update Users', 'Allows a user to create organizations.', {
    alsoMethod: 'POST',
  }),
  backendEndpoint('disable-org-creation', `PUT ${USER}/{user_id}/can_create_orgs/disable`, 'Update Users', 'Forbids a user to create organizations.', {
    alsoMethod: 'POST',
  }),
] as const;
