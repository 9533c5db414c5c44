import { activeMembershipOf, type EnvironmentRecord, inheritedRoles, type Membership, type UserRecord } from '@app/domain';

const heldRoles = ({ role, additionalRoles }: Membership): readonly string[] => [role, ...additionalRoles];

/** Whether the user has the role that the environment requires for personal keys. `orgIds` are the user's organizations, without deleted ones. */
export const holdsPersonalKeyRole = (user: UserRecord, orgIds: readonly string[], { settings }: EnvironmentRecord): boolean => {
  const { personalApiKeyRole: role } = settings;
  if (role === null) return true;
  return orgIds.some((orgId) => {
    const membership = activeMembershipOf(user, orgId);
    return membership !== null && heldRoles(membership).flatMap(inheritedRoles).includes(role);
  });
};
