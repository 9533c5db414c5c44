import type { DirectoryMessages } from '@app/messages';
import type { HandlerTable } from '@app/platform';
import { CreateAccessToken } from './access-tokens/create-access-token.js';
import type { DirectoryServices } from './directory-services.js';
import { CreateEnvironment } from './environments/create-environment.js';
import { activateSigningKey, changeSettings, publishSigningKey, revokeSigningKey } from './environments/environment-changes.js';
import { CreateOrganization } from './organizations/create-organization.js';
import { addMember, changeRole, removeMember } from './organizations/membership-changes.js';
import { changeOrganization, deleteOrganization } from './organizations/organization-changes.js';
import { BatchUsers } from './queries/batch-users.js';
import { FetchOrganization } from './queries/fetch-organization.js';
import { FetchUser } from './queries/fetch-user.js';
import { ListEnvironments } from './queries/list-environments.js';
import { QueryOrganizations } from './queries/query-organizations.js';
import { QueryUsers } from './queries/query-users.js';
import { endSession } from './sessions/end-session.js';
import { FetchSession } from './sessions/fetch-session.js';
import { LogIn } from './sessions/log-in.js';
import { RefreshSession } from './sessions/refresh-session.js';
import { SignUp } from './sessions/sign-up.js';
import { CreateUser } from './users/create-user.js';
import {
  blockUser,
  changeEmail,
  changeProfile,
  clearPassword,
  deleteUser,
  endSessions,
  setOrgCreation,
  setPassword,
  unblockUser,
} from './users/user-changes.js';

/** Which use case handles which message. */
export const DIRECTORY_HANDLERS = {
  'directory.create-environment': CreateEnvironment,
  'directory.change-settings': { change: changeSettings },
  'directory.publish-signing-key': { change: publishSigningKey },
  'directory.activate-signing-key': { change: activateSigningKey },
  'directory.revoke-signing-key': { change: revokeSigningKey },
  'directory.list-environments': ListEnvironments,

  'directory.create-user': CreateUser,
  'directory.change-profile': { change: changeProfile },
  'directory.change-email': { change: changeEmail },
  'directory.set-password': { change: setPassword },
  'directory.clear-password': { change: clearPassword },
  'directory.set-org-creation': { change: setOrgCreation },
  'directory.block-user': { change: blockUser },
  'directory.unblock-user': { change: unblockUser },
  'directory.delete-user': { change: deleteUser },
  'directory.fetch-user': FetchUser,
  'directory.batch-users': BatchUsers,
  'directory.query-users': QueryUsers,

  'directory.sign-up': SignUp,
  'directory.log-in': LogIn,
  'directory.refresh-session': RefreshSession,
  'directory.end-session': { change: endSession },
  'directory.end-sessions': { change: endSessions },
  'directory.fetch-session': FetchSession,
  'directory.create-access-token': CreateAccessToken,

  'directory.create-organization': CreateOrganization,
  'directory.change-organization': { change: changeOrganization },
  'directory.delete-organization': { change: deleteOrganization },
  'directory.add-member': { change: addMember },
  'directory.change-role': { change: changeRole },
  'directory.remove-member': { change: removeMember },
  'directory.fetch-organization': FetchOrganization,
  'directory.query-organizations': QueryOrganizations,
} satisfies HandlerTable<keyof DirectoryMessages, DirectoryServices>;
