import { type ApiKeyState, keyEndsAtMs, type Membership, type OrganizationState, type UserState } from '@app/domain';
import type { ViewName, ViewRow } from '@app/ports';

/** The value for "never" in `expiresAt` and `endsAt`, so that "still valid" is one range of an index instead of two. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;

type Column = string | number | boolean | null | readonly string[];
/** What queries use beside id, position, environment and state. */
export type Columns = Readonly<Record<string, Column>>;

/** The form in which addresses, user names and names are compared and searched. */
export const caseFolded = (text: string): string => text.toLowerCase();

/** Any text as a pattern that matches exactly that text. A pattern may not hold the character 0 itself. */
export const partOf = (text: string) => ({
  $regex: caseFolded(text)
    .replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    .replaceAll('\0', '\\x00'),
});

/** A role of a member, as one text: an index can hold one list of a row only. */
export const roleIn = (orgId: string, role: string): string => `${orgId} ${role}`;

const rolesOf = ([orgId, { role, additionalRoles }]: readonly [string, Membership]): readonly string[] =>
  [...new Set([role, ...additionalRoles])].map((one) => roleIn(orgId, one));

/** A deleted user has no memberships, whatever its state lists. */
const userColumns = ({ deleted, email, profile: { username, legacyUserId }, createdAtMs, lastActiveAtMs, memberships }: UserState): Columns => {
  const active = deleted ? [] : Object.entries(memberships).filter(([, membership]) => membership.active);
  return {
    deleted,
    email: caseFolded(email),
    username: username === null ? null : caseFolded(username),
    // The server sorts what is null first.
    unnamed: username === null,
    legacyId: legacyUserId,
    createdAt: createdAtMs,
    lastActiveAt: lastActiveAtMs,
    orgs: active.map(([orgId]) => orgId),
    roles: active.flatMap(rolesOf),
  };
};

const organizationColumns = ({ deleted, profile: { name, legacyOrgId, domain }, createdAtMs }: OrganizationState): Columns => ({
  deleted,
  name: caseFolded(name),
  legacyId: legacyOrgId,
  domain: domain === null ? null : caseFolded(domain),
  createdAt: createdAtMs,
});

const keyColumns = (key: ApiKeyState): Columns => ({
  userId: key.userId,
  orgId: key.orgId,
  creatorId: key.creatorId,
  issuedPos: key.issuedPos,
  createdAt: key.createdAtMs,
  ended: key.revokedPos !== null || key.invalidatedBy.length > 0,
  expiresAt: key.expiresAtMs ?? NEVER_MS,
  endsAt: keyEndsAtMs(key) ?? NEVER_MS,
});

const isOf = <Name extends ViewName>(row: ViewRow, view: Name): row is ViewRow<Name> => row.view === view;

export const rowFieldsOf = (row: ViewRow): Columns => {
  if (isOf(row, 'users')) return userColumns(row.state);
  if (isOf(row, 'organizations')) return organizationColumns(row.state);
  if (isOf(row, 'apiKeys')) return keyColumns(row.state);
  return { createdAt: row.state.createdAtMs };
};
