import {
  type ApiKeyState,
  type BackendKeyState,
  type DomainEvent,
  type EnvironmentState,
  evolveApiKey,
  evolveEnvironment,
  evolveOrganization,
  evolveUser,
  type Membership,
  type OrganizationState,
  type LogPosition,
  type UserState,
} from '@app/domain';
import type { DirectoryViews, KeyViews, ViewName, ViewRow, ViewRows, ViewStore } from '@app/ports';
import { facts, userProfile } from '@test/support/domain/fixtures.js';

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

/** What the first event of an entity folds to: a state has all the fields that the fold gives it. */
const created = <State>(evolve: (state: State | null, event: DomainEvent, placed: LogPosition) => State | null, event: DomainEvent): State => {
  const state = evolve(null, event, { pos: 1, at: 1_000 });
  if (state === null) throw new Error(`${event.type} creates nothing.`);
  return state;
};

export const environmentState = (environmentId: string, changes: Partial<EnvironmentState> = {}): EnvironmentState => ({
  ...created(evolveEnvironment, facts.environment({ authUrl: 'https://auth.example.test' }, environmentId)),
  name: `environment ${environmentId}`,
  signingKeys: [{ keyId: environmentId, publicKeyPem: 'pem', sealedPrivateKey: '', activatedAtMs: 1_000, retiredAtMs: null, revoked: false }],
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

export const profile = (changes: Partial<UserState['profile']> = {}): UserState['profile'] => ({
  ...userProfile,
  firstName: null,
  ...changes,
});

export const userState = (userId: string, changes: Partial<UserState> = {}): UserState => ({
  ...created(evolveUser, facts.user(userId, { environmentId: ENV_A, profile: profile() })),
  ...changes,
});

export const organizationState = (
  orgId: string,
  changes: Partial<Omit<OrganizationState, 'profile'>> & { readonly profile?: Partial<OrganizationState['profile']> } = {},
): OrganizationState => {
  const profileChanges = { name: orgId, ...changes.profile };
  const state = created(evolveOrganization, facts.organization(orgId, profileChanges, ENV_A));
  return { ...state, ...changes, profile: state.profile };
};

export const keyState = (keyId: string, changes: Partial<ApiKeyState> = {}): ApiKeyState => ({
  ...created(evolveApiKey, facts.key(keyId, { environmentId: ENV_A, pepperId: '1' })),
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
