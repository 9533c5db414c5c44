import {
  decideAddMember,
  decideBlockUser,
  decideChangeOrganization,
  decideChangeProfile,
  decideChangeSettings,
  decideDeleteOrganization,
  decideDeleteUser,
  decideIssueKey,
  decideRemoveMember,
  decideRevokeKey,
  decideUnblockUser,
  decideUpdateKey,
  type DomainEvent,
  tags,
} from '@app/domain';
import type { StateView } from '@app/log';
import { issueKey } from '@test/support/domain/fixtures.js';
import { ENV, ORG, tokenTagOf, USERS } from './world-start.js';

/** What a schedule may ask for. `user` and `key` are indexes. */
export type Operation =
  | { readonly does: 'touch user' | 'block' | 'unblock' | 'delete user' | 'join' | 'leave' | 'issue' | 'issue for organization'; readonly user: number }
  | { readonly does: 'touch key' | 'revoke'; readonly key: number }
  | { readonly does: 'touch organization' | 'delete organization' | 'switch personal keys' };

export interface SimulatedCommand {
  readonly commandId: string;
  readonly text: string;
  /** Which service owns the rule. */
  readonly where: 'directory' | 'keys';
  /** The fence's names of what it is about; null for a creation, which is not a change. */
  readonly names: readonly string[] | null;
  /** The key that an issue makes. */
  readonly issues: string | null;
  readonly tags: readonly string[];
  readonly decide: (view: StateView, at: number) => readonly DomainEvent[];
}

type Decided = Pick<SimulatedCommand, 'decide' | 'tags'> & { readonly names: readonly string[] | null };

const ofUser = (userId: string, decide: SimulatedCommand['decide']): Decided => ({
  names: [tags.user(userId)],
  tags: [tags.user(userId), tags.env(ENV), tags.org(ORG)],
  decide,
});
const ofKey = (keyId: string, decide: SimulatedCommand['decide']): Decided => ({ names: [tags.key(keyId)], tags: [tags.key(keyId)], decide });
const ofOrganization = (decide: SimulatedCommand['decide']): Decided => ({ names: [tags.org(ORG)], tags: [tags.org(ORG)], decide });

const directoryDecisions = (operation: Operation, mark: string): Decided | null => {
  const userId = 'user' in operation ? (USERS[operation.user] ?? 'u0') : '';
  const about = { userId, environmentId: ENV };
  const member = { ...about, orgId: ORG };
  const both = (view: StateView) => ({ user: view.user(userId), environment: view.environment(ENV), organization: view.organization(ORG) });
  switch (operation.does) {
    case 'touch user':
      return ofUser(userId, (view) =>
        decideChangeProfile({ ...about, changes: { firstName: mark }, usernameTag: null }, { user: view.user(userId), usernameClaim: null }),
      );
    case 'block':
      return ofUser(userId, (view) => decideBlockUser(about, both(view)));
    case 'unblock':
      return ofUser(userId, (view) => decideUnblockUser(about, both(view)));
    case 'delete user':
      return ofUser(userId, (view) => decideDeleteUser(about, both(view)));
    case 'join':
      return ofUser(userId, (view) => decideAddMember({ ...member, role: 'Member', additionalRoles: [] }, both(view)));
    case 'leave':
      return ofUser(userId, (view) => decideRemoveMember(member, both(view)));
    case 'touch organization':
      return ofOrganization((view) =>
        decideChangeOrganization({ orgId: ORG, environmentId: ENV, changes: { name: mark } }, { organization: view.organization(ORG) }),
      );
    case 'delete organization':
      return ofOrganization((view) => decideDeleteOrganization({ orgId: ORG, environmentId: ENV }, { organization: view.organization(ORG) }));
    case 'switch personal keys':
      return { names: [tags.env(ENV)], tags: [tags.env(ENV)], decide: switchPersonalKeys };
    default:
      return null;
  }
};

const switchPersonalKeys = (view: StateView): readonly DomainEvent[] => {
  const environment = view.environment(ENV);
  const personalApiKeysEnabled = environment?.settings.personalApiKeysEnabled === false;
  return decideChangeSettings({ environmentId: ENV, changes: { personalApiKeysEnabled } }, { environment, host: null });
};

const principalsOf = (view: StateView, keyId: string) => {
  const key = view.apiKey(keyId);
  const userOf = (userId: string | null | undefined) => (userId === null || userId === undefined ? null : view.user(userId));
  const organization = key === null || key.orgId === null ? null : view.organization(key.orgId);
  return { user: userOf(key?.userId), creator: userOf(key?.creatorId), organization, environment: view.environment(ENV) };
};

const keysDecisions = (operation: Operation, mark: string, newKeyId: string): Decided => {
  if (operation.does === 'touch key' || operation.does === 'revoke') {
    const keyId = `k${operation.key}`;
    if (operation.does === 'revoke') return ofKey(keyId, (view) => decideRevokeKey({ keyId, environmentId: ENV }, { key: view.apiKey(keyId) }));
    return ofKey(keyId, (view, at) =>
      decideUpdateKey({ keyId, environmentId: ENV, displayName: mark }, { key: view.apiKey(keyId), principals: principalsOf(view, keyId) }, at),
    );
  }
  const userId = 'user' in operation ? (USERS[operation.user] ?? 'u0') : 'u0';
  const orgId = operation.does === 'issue for organization' ? ORG : null;
  const tokenTag = tokenTagOf(newKeyId);
  const decide = (view: StateView, at: number): readonly DomainEvent[] =>
    decideIssueKey(
      issueKey(newKeyId, { userId, orgId, tokenTag }),
      {
        environment: view.environment(ENV),
        user: view.user(userId),
        organization: orgId === null ? null : view.organization(ORG),
        creator: null,
        tokenClaim: view.claim(tokenTag),
      },
      at,
    );
  return { names: null, tags: [tags.user(userId), tags.env(ENV), tokenTag], decide };
};

/** `mark` is different for every command, so that every version of a state can be told from the others. */
export const commandOf = (operation: Operation, count: number, newKeyId: string): SimulatedCommand => {
  const mark = `mark ${count}`;
  const directory = directoryDecisions(operation, mark);
  const { names, tags: read, decide } = directory ?? keysDecisions(operation, mark, newKeyId);
  const subject = 'user' in operation ? ` u${operation.user}` : 'key' in operation ? ` k${operation.key}` : '';
  const issues = names === null ? newKeyId : null;
  return {
    commandId: `command-${count}`,
    text: `${operation.does}${subject}`,
    where: directory === null ? 'keys' : 'directory',
    names,
    issues,
    tags: read,
    decide,
  };
};
