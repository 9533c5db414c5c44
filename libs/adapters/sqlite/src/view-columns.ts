import { type ApiKeyState, keyEndsAtMs, type Membership, type OrganizationState, type UserState } from '@app/domain';
import type { ViewName, ViewRow } from '@app/ports';
import type { SqlValue } from './views-file.js';
import { NEVER_MS } from './views-schema.js';

export const TABLES: Readonly<Record<ViewName, string>> = {
  environments: 'environments',
  users: 'users',
  organizations: 'organizations',
  apiKeys: 'api_keys',
  backendKeys: 'backend_keys',
};

/** Columns that queries use beside id, pos, environment and state. */
type Columns = Readonly<Record<string, SqlValue>>;

/**
 * Columns that are the same in every state of a row. Left out of updates, because SQLite moves the entries of an index whenever one
 * of its columns is named in one, changed or not.
 */
export const CONSTANT_COLUMNS: Readonly<Record<ViewName, readonly string[]>> = {
  environments: ['environment', 'created_at'],
  users: ['environment', 'created_at'],
  organizations: ['environment', 'created_at'],
  apiKeys: ['environment', 'created_at', 'user_id', 'org_id', 'creator_id', 'issued_pos'],
  backendKeys: ['environment', 'created_at'],
};

/** As addresses, user names and names are compared and searched: SQLite itself folds ASCII only. */
export const folded = (text: string): string => text.toLowerCase();

const userColumns = (user: UserState): Columns => ({
  deleted: user.deleted ? 1 : 0,
  email: folded(user.email),
  username: user.profile.username === null ? null : folded(user.profile.username),
  legacy_id: user.profile.legacyUserId,
  created_at: user.createdAtMs,
  last_active_at: user.lastActiveAtMs,
});

const organizationColumns = ({ deleted, profile, createdAtMs }: OrganizationState): Columns => ({
  deleted: deleted ? 1 : 0,
  name: folded(profile.name),
  legacy_id: profile.legacyOrgId,
  domain: profile.domain === null ? null : folded(profile.domain),
  created_at: createdAtMs,
});

const keyColumns = (key: ApiKeyState): Columns => ({
  user_id: key.userId,
  org_id: key.orgId,
  creator_id: key.creatorId,
  issued_pos: key.issuedPos,
  created_at: key.createdAtMs,
  ended: key.revokedPos !== null || key.invalidatedBy.length > 0 ? 1 : 0,
  expires_at: key.expiresAtMs ?? NEVER_MS,
  ends_at: keyEndsAtMs(key) ?? NEVER_MS,
});

const isOf = <Name extends ViewName>(row: ViewRow, view: Name): row is ViewRow<Name> => row.view === view;

export const columnsOf = (row: ViewRow): Columns => {
  if (isOf(row, 'users')) return userColumns(row.state);
  if (isOf(row, 'organizations')) return organizationColumns(row.state);
  if (isOf(row, 'apiKeys')) return keyColumns(row.state);
  return { created_at: row.state.createdAtMs };
};

/** A row of the memberships table. */
export interface MembershipColumns {
  readonly orgId: string;
  readonly role: string;
  readonly main: 0 | 1;
}

const rolesIn = (orgId: string, { role, additionalRoles }: Membership): readonly MembershipColumns[] => [
  { orgId, role, main: 1 },
  ...[...new Set(additionalRoles)].filter((other) => other !== role).map((other) => ({ orgId, role: other, main: 0 as const })),
];

/** What the row says about memberships; null for rows that are not users. A deleted user has no memberships, whatever its state lists. */
export const membershipsOf = (row: ViewRow): { readonly createdAtMs: number; readonly memberships: readonly MembershipColumns[] } | null => {
  if (!isOf(row, 'users')) return null;
  const { deleted, memberships, createdAtMs } = row.state;
  const active = deleted ? [] : Object.entries(memberships).filter(([, membership]) => membership.active);
  return { createdAtMs, memberships: active.flatMap(([orgId, membership]) => rolesIn(orgId, membership)) };
};
