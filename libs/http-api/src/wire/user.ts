import { activeMembershipOf, type OrganizationRecord, type UserRecord } from '@app/domain';
import { type WireMembership, wireMembership } from './membership.js';
import { toSeconds } from './seconds.js';

export interface WireUser {
  readonly user_id: string;
  readonly email: string;
  readonly email_confirmed: boolean;
  readonly has_password: boolean;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly picture_url?: string;
  readonly legacy_user_id?: string;
  readonly locked: boolean;
  readonly enabled: boolean;
  readonly mfa_enabled: boolean;
  readonly can_create_orgs: boolean;
  /** What the Go client reads; the others read the plural. */
  readonly can_create_org: boolean;
  readonly update_password_required: boolean;
  readonly created_at: number;
  readonly last_active_at: number;
  readonly properties: object;
  readonly metadata: object | null;
  readonly org_id_to_org_info?: Readonly<Record<string, WireMembership>>;
}
export interface WireUserInOrg extends WireUser {
  readonly role_in_org: string;
  readonly additional_roles_in_org: readonly string[];
}

// The API leaves these out while they are unset.
const optionalFields = ({ profile }: UserRecord): Partial<WireUser> => ({
  ...(profile.username === null ? {} : { username: profile.username }),
  ...(profile.firstName === null ? {} : { first_name: profile.firstName }),
  ...(profile.lastName === null ? {} : { last_name: profile.lastName }),
  ...(profile.pictureUrl === null ? {} : { picture_url: profile.pictureUrl }),
  ...(profile.legacyUserId === null ? {} : { legacy_user_id: profile.legacyUserId }),
});

/** Memberships by organization id. An organization whose record is missing is left out: half a membership breaks the clients. */
export const wireMemberships = (user: UserRecord, orgs: readonly OrganizationRecord[]): Readonly<Record<string, WireMembership>> =>
  Object.fromEntries(
    orgs.flatMap((org) => {
      const membership = org.deleted ? null : activeMembershipOf(user, org.orgId);
      return membership === null ? [] : [[org.orgId, wireMembership(org, membership)] as const];
    }),
  );

/** Whether too many wrong passwords keep the user out at that time. */
export const isLocked = ({ lockedUntilMs }: UserRecord, nowMs: number): boolean => lockedUntilMs !== null && nowMs < lockedUntilMs;

/** `orgs`: the organizations of the user's memberships; null leaves `org_id_to_org_info` out. */
export const wireUser = (user: UserRecord, orgs: readonly OrganizationRecord[] | null, nowMs: number): WireUser => ({
  user_id: user.userId,
  email: user.email,
  email_confirmed: user.emailConfirmed,
  has_password: user.hasPassword,
  ...optionalFields(user),
  locked: isLocked(user, nowMs),
  enabled: !user.blocked,
  mfa_enabled: false,
  can_create_orgs: user.canCreateOrgs,
  can_create_org: user.canCreateOrgs,
  update_password_required: user.profile.updatePasswordRequired,
  created_at: toSeconds(user.createdAtMs),
  last_active_at: toSeconds(user.lastActiveAtMs),
  properties: user.profile.properties,
  metadata: user.profile.metadata,
  ...(orgs === null ? {} : { org_id_to_org_info: wireMemberships(user, orgs) }),
});

/** A row of "users in an organization". */
export const wireUserInOrg = (user: UserRecord, orgs: readonly OrganizationRecord[] | null, orgId: string, nowMs: number): WireUserInOrg => {
  const membership = activeMembershipOf(user, orgId);
  return { ...wireUser(user, orgs, nowMs), role_in_org: membership?.role ?? '', additional_roles_in_org: membership?.additionalRoles ?? [] };
};
