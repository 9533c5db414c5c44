export interface Membership {
  readonly role: string;
  readonly additionalRoles: readonly string[];
  readonly joinedAtMs: number;
  /** False once the user has left; the entry stays, because its epoch must never be forgotten. */
  readonly active: boolean;
  /** Raised when the membership ends with its keys; organization keys issued under an older epoch are dead for good. */
  readonly epoch: number;
}

/** By organization id, ended ones included. */
export type Memberships = Readonly<Record<string, Membership>>;

/** The membership, ended ones included; own fields only, so that no id finds a method of `Object`. */
export const membershipOf = (user: { readonly memberships: Memberships }, orgId: string): Membership | null =>
  Object.hasOwn(user.memberships, orgId) ? (user.memberships[orgId] ?? null) : null;

export const activeMembershipOf = (user: { readonly memberships: Memberships }, orgId: string): Membership | null => {
  const membership = membershipOf(user, orgId);
  return membership?.active === true ? membership : null;
};

/** Organization ids of the memberships that have not ended. */
export const activeOrgIds = (user: { readonly memberships: Memberships }): readonly string[] =>
  Object.entries(user.memberships).flatMap(([orgId, membership]) => (membership.active ? [orgId] : []));
