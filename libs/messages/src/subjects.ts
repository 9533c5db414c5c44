import type { DirectoryMessages } from './directory-messages.js';
import type { KeysMessages } from './keys-messages.js';

export type Messages = DirectoryMessages & KeysMessages;
export type Subject = keyof Messages;
export type RequestOf<S extends Subject> = Messages[S]['request'];
export type ReplyOf<S extends Subject> = Messages[S]['reply'];

/** A command may append to the log and may wait out a lease; a query only reads. */
type SubjectKind = 'command' | 'query';

const KINDS: { readonly [S in Subject]: SubjectKind } = {
  'directory.create-environment': 'command',
  'directory.change-settings': 'command',
  'directory.publish-signing-key': 'command',
  'directory.activate-signing-key': 'command',
  'directory.revoke-signing-key': 'command',
  'directory.create-user': 'command',
  'directory.change-profile': 'command',
  'directory.change-email': 'command',
  'directory.set-password': 'command',
  'directory.clear-password': 'command',
  'directory.sign-up': 'command',
  'directory.log-in': 'command',
  'directory.refresh-session': 'command',
  'directory.end-session': 'command',
  'directory.fetch-session': 'query',
  'directory.end-sessions': 'command',
  'directory.set-org-creation': 'command',
  'directory.block-user': 'command',
  'directory.unblock-user': 'command',
  'directory.delete-user': 'command',
  'directory.create-organization': 'command',
  'directory.change-organization': 'command',
  'directory.delete-organization': 'command',
  'directory.add-member': 'command',
  'directory.change-role': 'command',
  'directory.remove-member': 'command',
  'directory.create-access-token': 'command',
  'directory.list-environments': 'query',
  'directory.fetch-user': 'query',
  'directory.batch-users': 'query',
  'directory.query-users': 'query',
  'directory.fetch-organization': 'query',
  'directory.query-organizations': 'query',
  'keys.issue-key': 'command',
  'keys.update-key': 'command',
  'keys.revoke-key': 'command',
  'keys.issue-backend-key': 'command',
  'keys.revoke-backend-key': 'command',
  'keys.fetch-key': 'query',
  'keys.list-keys': 'query',
  'keys.count-usage': 'query',
  'keys.list-backend-keys': 'query',
  'keys.usage': 'command',
};

/** Queries get the short deadline, and only commands are counted. */
export const isQuery = (subject: Subject): boolean => KINDS[subject] === 'query';
