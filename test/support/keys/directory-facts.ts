import {
  decideAddMember,
  decideBlockUser,
  decideChangeSettings,
  decideCreateEnvironment,
  decideCreateUser,
  decideDeleteOrganization,
  decideDeleteUser,
  decideRemoveMember,
  decideUnblockUser,
  defaultSettings,
  type DomainEvent,
  type EnvironmentSettings,
  freeClaim,
  type OrganizationProfile,
  tags,
  type UserProfile,
} from '@app/domain';
import type { StateView } from '@app/log';

/** What directory does, as far as keys needs it in tests: the same deciders, without its service. */
export const ENV = 'e1';

const userProfile: UserProfile = {
  username: null,
  firstName: null,
  lastName: null,
  pictureUrl: null,
  legacyUserId: null,
  metadata: null,
  properties: {},
  updatePasswordRequired: false,
};
const organizationProfile: OrganizationProfile = {
  name: 'Blue Fig',
  domain: null,
  extraDomains: [],
  autojoinByDomain: false,
  restrictToDomain: false,
  maxUsers: null,
  legacyOrgId: null,
  customRoleMappingName: null,
  metadata: {},
  canSetupSaml: false,
  passwordRotationEnabled: false,
  passwordRotationHistorySize: 0,
  passwordRotationPeriodDays: 0,
  require2faByMs: null,
};

type Decide = (view: StateView) => readonly DomainEvent[];
const of = (userId: string) => ({ userId, environmentId: ENV });
const userAndEnvironment = (view: StateView, userId: string) => ({ user: view.user(userId), environment: view.environment(ENV) });

export const directory = {
  createEnvironment:
    (settings: Partial<EnvironmentSettings> = {}): Decide =>
    () =>
      decideCreateEnvironment(
        { environmentId: ENV, name: 'test', publicKeyPem: 'pem', sealedPrivateKey: 'sealed', settings: { ...defaultSettings('https://a.test'), ...settings } },
        { name: freeClaim, host: freeClaim },
      ),
  changeSettings:
    (changes: Partial<EnvironmentSettings>): Decide =>
    (view) =>
      decideChangeSettings({ environmentId: ENV, changes }, { environment: view.environment(ENV), host: null }),
  createUser:
    (userId: string): Decide =>
    () =>
      decideCreateUser(
        {
          ...of(userId),
          email: `${userId}@example.test`,
          emailTag: tags.email(userId),
          emailConfirmed: true,
          profile: userProfile,
          usernameTag: null,
          canCreateOrgs: false,
          sealedPasswordHash: null,
        },
        { emailClaim: freeClaim, usernameClaim: null },
      ),
  /** As a fact: which slug it takes does not matter here. */
  createOrganization:
    (orgId: string): Decide =>
    () => [
      {
        type: 'organization.created.v1',
        tags: [tags.org(orgId), tags.slug(ENV, orgId)],
        data: { orgId, environmentId: ENV, slug: orgId, slugTag: tags.slug(ENV, orgId), profile: organizationProfile },
      },
    ],
  addMember:
    (userId: string, orgId: string): Decide =>
    (view) =>
      decideAddMember({ ...of(userId), orgId, role: 'Member', additionalRoles: [] }, { user: view.user(userId), organization: view.organization(orgId) }),
  removeMember:
    (userId: string, orgId: string): Decide =>
    (view) =>
      decideRemoveMember({ ...of(userId), orgId }, { ...userAndEnvironment(view, userId), organization: view.organization(orgId) }),
  block:
    (userId: string): Decide =>
    (view) =>
      decideBlockUser(of(userId), userAndEnvironment(view, userId)),
  unblock:
    (userId: string): Decide =>
    (view) =>
      decideUnblockUser(of(userId), userAndEnvironment(view, userId)),
  deleteUser:
    (userId: string): Decide =>
    (view) =>
      decideDeleteUser(of(userId), userAndEnvironment(view, userId)),
  deleteOrganization:
    (orgId: string): Decide =>
    (view) =>
      decideDeleteOrganization({ orgId, environmentId: ENV }, { organization: view.organization(orgId) }),
};
