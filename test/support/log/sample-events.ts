import { tags } from '@app/domain';
import type { DomainEvent } from '@app/domain';

/** Small valid facts for tests that are about the log, not about what the facts mean. */
export const nodeJoined = (incarnation: string): DomainEvent => ({ type: 'registry.node-joined.v1', tags: [tags.registry], data: { inc: incarnation } });

export const userCreated = (userId: string): DomainEvent => ({
  type: 'user.created.v1',
  tags: [tags.user(userId), tags.email(userId)],
  data: {
    userId,
    environmentId: 'env',
    email: `${userId}@example.com`,
    emailTag: tags.email(userId),
    emailConfirmed: true,
    profile: {
      username: null,
      firstName: null,
      lastName: null,
      pictureUrl: null,
      legacyUserId: null,
      metadata: null,
      properties: {},
      updatePasswordRequired: false,
    },
    usernameTag: null,
    canCreateOrgs: false,
  },
});

export const orgCreationSet = (userId: string, canCreateOrgs: boolean): DomainEvent => ({
  type: 'user.org-creation-set.v1',
  tags: [tags.user(userId)],
  data: { userId, canCreateOrgs },
});

export const organizationCreated = (orgId: string, maxUsers: number | null = null): DomainEvent => ({
  type: 'organization.created.v1',
  tags: [tags.org(orgId), tags.slug('env', orgId)],
  data: {
    orgId,
    environmentId: 'env',
    slug: orgId,
    slugTag: tags.slug('env', orgId),
    profile: {
      name: orgId,
      domain: null,
      extraDomains: [],
      autojoinByDomain: false,
      restrictToDomain: false,
      maxUsers,
      legacyOrgId: null,
      customRoleMappingName: null,
      metadata: {},
      canSetupSaml: false,
      passwordRotationEnabled: false,
      passwordRotationHistorySize: 0,
      passwordRotationPeriodDays: 0,
      require2faByMs: null,
    },
  },
});

export const memberJoined = (userId: string, orgId: string): DomainEvent => ({
  type: 'membership.joined.v1',
  tags: [tags.user(userId), tags.org(orgId)],
  data: { userId, orgId, role: 'Member', additionalRoles: [] },
});
