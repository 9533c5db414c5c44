import { activeMembershipOf, type EnvironmentRecord, inheritedRoles, type Membership, type UserRecord } from '@app/domain';

const heldRoles = ({ role, additionalRoles }: Membership): readonly string[] => [role, ...additionalRoles];

/** Organizations that are switched off have no keys either, whatever the setting of the kind says. */
export const organizationKeysEnabled = ({ settings }: EnvironmentRecord): boolean => settings.organizationsEnabled && settings.orgApiKeysEnabled;

/** `orgIds`: the organizations that live, of the user's memberships. */
export const mayHavePersonalKeys = (user: UserRecord, orgIds: readonly string[], { settings }: EnvironmentRecord): boolean => {
  const { personalApiKeysEnabled, personalApiKeyRole: role } = settings;
  if (!personalApiKeysEnabled || role === null) return personalApiKeysEnabled;
  return orgIds.some((orgId) => {
    const membership = activeMembershipOf(user, orgId);
    return membership !== null && heldRoles(membership).flatMap(inheritedRoles).includes(role);
  });
};
