import type { ApiKeyState, BackendKeyState, EnvironmentState, Membership, OrganizationState, UserState } from '@app/domain';
import { defaultSettings } from '@app/domain';
import type { DirectoryViews, KeyViews, ViewName, ViewRow, ViewRows, ViewStore } from '@app/ports';

/** The three ports that one file, or one database, serves together. `reopen` closes them and opens what was stored. */
export interface ViewAdapters {
  readonly store: ViewStore;
  readonly directory: DirectoryViews;
  readonly keys: KeyViews;
  reopen(): Promise<ViewAdapters>;
}
export type OpenViews = () => Promise<ViewAdapters>;

export const ENV_A = '0a000000-0000-4000-8000-000000000000';
export const ENV_B = '0b000000-0000-4000-8000-000000000000';

export const environmentState = (environmentId: string, changes: Partial<EnvironmentState> = {}): EnvironmentState => ({
  environmentId,
  name: `environment ${environmentId}`,
  createdAtMs: 1_000,
  previousAuthUrls: [],
  signingKeys: [{ keyId: environmentId, publicKeyPem: 'pem', sealedPrivateKey: '', activatedAtMs: 1_000, retiredAtMs: null, revoked: false }],
  settings: defaultSettings('https://auth.example.test'),
  ...changes,
});

export const membership = (role: string, changes: Partial<Membership> = {}): Membership => ({
  role,
  additionalRoles: [],
  joinedAtMs: 1_000,
  active: true,
  epoch: 0,
  ...changes,
});

export const userState = (userId: string, changes: Partial<UserState> = {}): UserState => ({
  userId,
  environmentId: ENV_A,
  createdAtMs: 1_000,
  lastActiveAtMs: 1_000,
  email: `${userId}@example.test`,
  emailTag: `email-${userId}`,
  emailConfirmed: true,
  usernameTag: null,
  canCreateOrgs: false,
  sealedPasswordHash: null,
  blocked: false,
  blockedPos: null,
  suspendsOrgKeys: false,
  lockedUntilMs: null,
  sessionEpoch: 0,
  deleted: false,
  epoch: 0,
  memberships: {},
  ...changes,
  profile: changes.profile ?? profile(),
});
export const profile = (changes: Partial<UserState['profile']> = {}): UserState['profile'] => ({
  username: null,
  firstName: null,
  lastName: null,
  pictureUrl: null,
  legacyUserId: null,
  metadata: null,
  properties: {},
  updatePasswordRequired: false,
  ...changes,
});

export const organizationState = (
  orgId: string,
  changes: Partial<Omit<OrganizationState, 'profile'>> & { readonly profile?: Partial<OrganizationState['profile']> } = {},
): OrganizationState => ({
  orgId,
  environmentId: ENV_A,
  createdAtMs: 1_000,
  slug: orgId,
  slugTag: `slug-${orgId}`,
  deleted: false,
  memberCount: 0,
  ownerCount: 0,
  ...changes,
  profile: {
    name: orgId,
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
    ...changes.profile,
  },
});

export const keyState = (keyId: string, changes: Partial<ApiKeyState> = {}): ApiKeyState => ({
  keyId,
  environmentId: ENV_A,
  origin: 'backend',
  tokenTag: `token-${keyId}`,
  pepperId: '1',
  tokenPrefix: null,
  userId: null,
  orgId: null,
  creatorId: null,
  userEpoch: null,
  memberEpoch: null,
  creatorEpoch: null,
  expiresAtMs: null,
  metadata: null,
  displayName: null,
  imported: false,
  createdAtMs: 1_000,
  issuedPos: 1,
  revokedPos: null,
  revokedAtMs: null,
  invalidatedBy: [],
  invalidationTimesMs: [],
  invalidatedAtMs: null,
  ...changes,
});

export const backendKeyState = (backendKeyId: string, changes: Partial<BackendKeyState> = {}): BackendKeyState => ({
  backendKeyId,
  environmentId: ENV_A,
  name: 'server',
  kind: 'full-access',
  permissions: [],
  tokenTag: `token-${backendKeyId}`,
  pepperId: '1',
  createdAtMs: 1_000,
  revokedAtMs: null,
  ...changes,
});

const idOf = (state: ViewRows[ViewName]): string => {
  if ('keyId' in state) return state.keyId;
  if ('backendKeyId' in state) return state.backendKeyId;
  if ('userId' in state) return state.userId;
  return 'orgId' in state ? state.orgId : state.environmentId;
};

export const row = <Name extends ViewName>(view: Name, state: ViewRows[Name], pos = 1): ViewRow<Name> => ({ view, id: idOf(state), pos, state });

/** Saves states of one view, each at position 1. */
export const saveAll = <Name extends ViewName>(store: ViewStore, view: Name, states: readonly ViewRows[Name][]): Promise<void> =>
  store.save(
    'fixture',
    1,
    1,
    states.map((state): ViewRow => row(view, state) as ViewRow),
  );
