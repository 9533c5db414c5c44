import { type WireMembership, wireMembership } from '@app/http-api';
import { activeMembershipOf, type JsonObject, type OrganizationState, toOrganizationRecord, type UserState } from '@app/domain';

/** Spelled as the clients know them: another spelling makes Rust panic. */
export type LoginMethod = 'generated_from_backend_api' | 'password';

/**
 * The claims of a token, without its times and issuer. Unset claims are left out: a null `metadata` or `login_method`, an empty
 * `impersonator_user_id` or `org_member_info` makes some official clients reject the whole token.
 */
export interface AccessTokenClaims {
  readonly user_id: string;
  readonly email: string;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly legacy_user_id?: string;
  readonly properties: JsonObject;
  readonly login_method: { readonly login_method: LoginMethod };
  /** The session epoch of the user: whatever ends all sessions ends the tokens with an older one. */
  readonly session_epoch: number;
  /** The session of the token; absent for one that the backend requested. */
  readonly sid?: string;
  readonly org_member_info?: WireMembership;
  readonly org_id_to_org_member_info?: Readonly<Record<string, WireMembership>>;
}

const membershipIn = (user: UserState, organization: OrganizationState): WireMembership | null => {
  const membership = activeMembershipOf(user, organization.orgId);
  return membership && wireMembership(toOrganizationRecord(organization), membership);
};

const ifSet = <Name extends string>(name: Name, value: string | null): { readonly [Key in Name]?: string } =>
  value === null || value === '' ? {} : ({ [name]: value } as { readonly [Key in Name]?: string });

/** Clients ignore the map when there is an active organization, so a token has one or the other. */
const orgClaims = (
  user: UserState,
  organizations: readonly OrganizationState[],
  activeOrg: OrganizationState | null,
): Pick<AccessTokenClaims, 'org_member_info' | 'org_id_to_org_member_info'> => {
  const active = activeOrg && membershipIn(user, activeOrg);
  if (active !== null) return { org_member_info: active };
  const all = organizations.flatMap((organization) => membershipIn(user, organization) ?? []);
  return { org_id_to_org_member_info: Object.fromEntries(all.map((membership) => [membership.org_id, membership])) };
};

/** The content of a token; `sessionId` is null for one that the backend requested. */
export interface TokenSubject {
  readonly user: UserState;
  readonly organizations: readonly OrganizationState[];
  readonly activeOrg: OrganizationState | null;
  readonly sessionId: string | null;
}

export const accessTokenClaims = ({ user, organizations, activeOrg, sessionId }: TokenSubject): AccessTokenClaims => ({
  user_id: user.userId,
  email: user.email,
  ...ifSet('username', user.profile.username),
  ...ifSet('first_name', user.profile.firstName),
  ...ifSet('last_name', user.profile.lastName),
  ...ifSet('legacy_user_id', user.profile.legacyUserId),
  properties: user.profile.properties,
  login_method: { login_method: sessionId === null ? 'generated_from_backend_api' : 'password' },
  session_epoch: user.sessionEpoch,
  ...ifSet('sid', sessionId),
  ...orgClaims(user, organizations, activeOrg),
});
