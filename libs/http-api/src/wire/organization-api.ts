import { isRole, type KeyRecord, type Membership, type OrganizationRecord, type UserRecord } from '@app/domain';
import type { KeyView } from '@app/messages';

export interface Success<Data extends object> {
  readonly status: 'success';
  readonly data: Data;
}
/** The envelope of every success of the organization API. */
export const wireSuccess = <Data extends object>(data: Data): Success<Data> => ({ status: 'success', data });

export type OrganizationRole = 'org_admin' | 'member';

const withoutDashes = (id: string): string => id.replaceAll('-', '');
const wireKeyId = (keyId: string): string => `key_${keyId}`;
const wireOrganizationId = (orgId: string): string => `org_${withoutDashes(orgId)}`;
const wireUserId = (userId: string): string => `usr_${withoutDashes(userId)}`;

const isoTime = (ms: number): string => new Date(ms).toISOString();
const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

const roleOf = (role: string): OrganizationRole => (isRole(role) && role !== 'Member' ? 'org_admin' : 'member');

/** How many characters of a token `prefix` shows. 46 hex and more stay hidden. */
export const SHOWN_TOKEN_LENGTH = 10;

type ShownKey = Pick<KeyRecord, 'keyId' | 'displayName' | 'tokenPrefix' | 'createdAtMs' | 'expiresAtMs' | 'imported' | 'origin'>;

// A token that the backend or frontend API issues without a prefix begins with the key's id.
const shownPrefix = ({ tokenPrefix, keyId, imported, origin }: ShownKey): string => {
  if (tokenPrefix !== null) return tokenPrefix;
  return imported || origin === 'organization' ? '' : keyId.slice(0, SHOWN_TOKEN_LENGTH);
};

const labelOf = (key: ShownKey) => ({ id: wireKeyId(key.keyId), name: key.displayName ?? '', prefix: shownPrefix(key) });
const timesOf = (key: ShownKey, lastUsedAtMs: number | null) => ({
  createdAt: isoTime(key.createdAtMs),
  expiresAt: isoTimeOrNull(key.expiresAtMs),
  lastUsedAt: isoTimeOrNull(lastUsedAtMs),
});

/** A key as its creation returns it. */
export const wireOrganizationKey = (key: ShownKey, lastUsedAtMs: number | null) => ({ ...labelOf(key), ...timesOf(key, lastUsedAtMs) });

/** A key as a row of the list. */
export const wireOrganizationKeyRow = ({ key, archived, lastUsedAtMs }: KeyView) => ({ ...labelOf(key), isActive: !archived, ...timesOf(key, lastUsedAtMs) });

const fullName = ({ firstName, lastName, username }: UserRecord['profile']): string => {
  const names = [firstName, lastName].filter((name) => name !== null && name !== '');
  return names.length > 0 ? names.join(' ') : (username ?? '');
};

/** A current member. `user.role` is the role in the deployment, which has only this one. */
export const wireMember = (user: UserRecord, membership: Membership) => ({
  user: { id: wireUserId(user.userId), name: fullName(user.profile), email: user.email, role: 'user', isEmailVerified: user.emailConfirmed },
  membership: { role: roleOf(membership.role), status: 'active', joinedAt: isoTime(membership.joinedAtMs) },
});

const planOf = ({ metadata }: OrganizationRecord['profile']): string => {
  const plan = Object.hasOwn(metadata, 'plan') ? metadata['plan'] : null;
  return typeof plan === 'string' && plan !== '' ? plan : 'free';
};

/** The organization of the key that authenticated the call. Always active: a deleted organization has no active keys. */
export const wireOwnOrganization = ({ orgId, slug, profile }: OrganizationRecord) => ({
  id: wireOrganizationId(orgId),
  name: profile.name,
  slug,
  plan: planOf(profile),
  status: 'active',
});

/** The same with its time of creation, as the fetch returns it. */
export const wireOwnOrganizationWithAge = (org: OrganizationRecord) => ({ ...wireOwnOrganization(org), createdAt: isoTime(org.createdAtMs) });
