import {
  decideActivateSigningKey,
  decideAddMember,
  decideBlockUser,
  decideChangeEmail,
  decideChangeLease,
  decideChangeOrganization,
  decideChangeProfile,
  decideChangeRole,
  decideChangeSettings,
  decideClearPassword,
  decideCreateEnvironment,
  decideCreateOrganization,
  decideCreateUser,
  decideDeleteOrganization,
  decideDeleteUser,
  decideEndSession,
  decideEndSessions,
  decideFence,
  decideInvalidateKeys,
  decideIssueBackendKey,
  decideIssueKey,
  decideJoin,
  decideLeave,
  decideLockUser,
  decideOpenRegistry,
  decidePublishSigningKey,
  decideRefreshSession,
  decideReinstateKeys,
  decideRemoveMember,
  decideRevokeBackendKey,
  decideRevokeKey,
  decideRevokeSigningKey,
  decideSetOrgCreation,
  decideSetPassword,
  decideStartSession,
  decideUnblockUser,
  decideUpdateKey,
  defaultSettings,
  type DomainEvent,
} from '@app/domain';
import { START_MS, World } from '../domain/decider-specification.js';
import { createUser, issueKey, organizationProfile } from '../domain/fixtures.js';

const ENV = 'env1';
const USER = 'user1';
const GUEST = 'user2';
const ORG = 'org1';
const OTHER_ORG = 'org2';
const SESSION = 'session1';
const SEALED = 'sealed-hash';
const HOUR_MS = 3_600_000;

type Step = (world: World) => readonly DomainEvent[];

const ofUser = { userId: USER, environmentId: ENV };
const ofGuest = { userId: GUEST, environmentId: ENV };
const ofOrg = { orgId: ORG, environmentId: ENV };
const membership = { ...ofUser, orgId: ORG };
const userAnd = (world: World) => ({ user: world.user(USER), environment: world.environment(ENV) });
const shown = { environmentId: ENV, familyHash: 'family-hash' };
const guestAnd = (world: World) => ({ user: world.user(GUEST), environment: world.environment(ENV) });
const sessionAnd = (world: World) => ({ session: world.session(SESSION), ...guestAnd(world) });
const userAndOrg = (world: World) => ({ user: world.user(USER), organization: world.organization(ORG) });
const key = (world: World, keyId: string) => ({ key: world.key(keyId), principals: world.principals(world.key(keyId)) });
const keyOf = (world: World, keyId: string, over: Parameters<typeof issueKey>[1]) =>
  decideIssueKey(
    issueKey(keyId, { environmentId: ENV, ...over }),
    {
      environment: world.environment(ENV),
      user: world.user(over?.userId ?? null),
      organization: world.organization(over?.orgId ?? null),
      creator: null,
      tokenClaim: { holder: null },
    },
    0,
  );
const createOrg =
  (orgId: string): Step =>
  () =>
    decideCreateOrganization(
      {
        orgId,
        environmentId: ENV,
        profile: organizationProfile,
        slugs: [
          { slug: orgId, tag: `slug-${ENV}-${orgId}` },
          { slug: `${orgId}-2`, tag: `slug-${ENV}-${orgId}-2` },
        ],
      },
      { slugClaims: [{ holder: null }, { holder: null }] },
    );

/** A small life in which every kind of fact happens: each step is a decider's own answer on what the steps before left. */
const STEPS: readonly Step[] = [
  () => decideOpenRegistry(5_000),
  (world) => decideChangeLease(2_000, world.registry()),
  () => decideJoin('inc1'),
  (world) => decideFence(['inc1'], world.registry()),
  () => decideLeave('inc1'),
  () =>
    decideCreateEnvironment(
      { environmentId: ENV, name: 'test', publicKeyPem: 'pem', sealedPrivateKey: 'sealed', settings: defaultSettings('https://auth.example.com') },
      { name: { holder: null }, host: { holder: null } },
    ),
  (world) =>
    decideChangeSettings(
      { environmentId: ENV, changes: { invalidateOrgApiKeyUponUserRemoval: true, reinstateKeysOnUnblock: true } },
      { environment: world.environment(ENV), host: null },
    ),
  () =>
    decideCreateUser(createUser(USER, { environmentId: ENV, sealedPasswordHash: SEALED, usernameTag: 'username-1' }), {
      emailClaim: { holder: null },
      usernameClaim: { holder: null },
    }),
  (world) =>
    decideChangeEmail(
      { ...ofUser, newEmail: 'ada@example.test', newEmailTag: 'email-2', emailConfirmed: true },
      { user: world.user(USER), emailClaim: { holder: null } },
    ),
  (world) =>
    decideChangeProfile(
      { ...ofUser, changes: { username: 'ada', metadata: { plan: 'pro' } }, usernameTag: 'username-2' },
      { user: world.user(USER), usernameClaim: { holder: null } },
    ),
  (world) => decideSetPassword({ ...ofUser, sealedPasswordHash: SEALED, updatePasswordRequired: false }, { user: world.user(USER) }),
  (world) => decideClearPassword(ofUser, { user: world.user(USER) }),
  (world) => decideEndSessions(ofUser, { user: world.user(USER) }),
  (world) => decideSetOrgCreation({ ...ofUser, canCreateOrgs: true }, { user: world.user(USER) }),
  createOrg(ORG),
  createOrg(OTHER_ORG),
  (world) => decideChangeOrganization({ ...ofOrg, changes: { name: 'Blue Fig Ltd' } }, { organization: world.organization(ORG) }),
  (world) => decideAddMember({ ...membership, role: 'Member', additionalRoles: [] }, userAndOrg(world)),
  (world) => decideChangeRole({ ...membership, role: 'Admin', additionalRoles: ['Member'] }, userAndOrg(world)),
  (world) => keyOf(world, 'key1', { userId: USER, metadata: { scope: 'read' }, displayName: 'laptop' }),
  (world) => keyOf(world, 'key2', { userId: USER, orgId: ORG, imported: true }),
  (world) => decideUpdateKey({ keyId: 'key1', environmentId: ENV, displayName: 'ci', metadata: null, expiresAtMs: 4_000_000_000_000 }, key(world, 'key1'), 0),
  (world) => decideRevokeKey({ keyId: 'key1', environmentId: ENV }, key(world, 'key1')),
  (world) => decideBlockUser(ofUser, userAnd(world)),
  (world) => decideInvalidateKeys({ cause: 'user.blocked', causePos: world.head, keys: ['key2'] }),
  (world) => decideUnblockUser(ofUser, userAnd(world)),
  (world) => decideReinstateKeys({ causePos: world.head, invalidatedBy: world.head - 2, keys: ['key2'] }),
  (world) => decideRemoveMember(membership, { ...userAndOrg(world), environment: world.environment(ENV) }),
  (world) => decideDeleteUser(ofUser, userAnd(world)),
  (world) => decideDeleteOrganization(ofOrg, { organization: world.organization(ORG) }),
  (world) =>
    decideIssueBackendKey(
      { backendKeyId: 'backendkey1', environmentId: ENV, name: 'ci', kind: 'custom', permissions: ['Read Users'], tokenTag: 'token-b', pepperId: 'p1' },
      { environment: world.environment(ENV), tokenClaim: { holder: null } },
    ),
  (world) => decideRevokeBackendKey({ backendKeyId: 'backendkey1', environmentId: ENV }, { backendKey: world.backendKey('backendkey1') }),
  (world) =>
    decideChangeSettings(
      { environmentId: ENV, changes: { authUrl: 'https://login.example.com' } },
      { environment: world.environment(ENV), host: { holder: null } },
    ),
  (world) =>
    decidePublishSigningKey(
      { environmentId: ENV, keyId: 'signingkey2', publicKeyPem: 'pem 2', sealedPrivateKey: 'sealed 2' },
      { environment: world.environment(ENV) },
    ),
  (world) => decideActivateSigningKey({ environmentId: ENV, keyId: 'signingkey2' }, { environment: world.environment(ENV) }),
  (world) => decideRevokeSigningKey({ environmentId: ENV, keyId: ENV }, { environment: world.environment(ENV) }),
  () => decideCreateUser(createUser(GUEST, { environmentId: ENV, sealedPasswordHash: SEALED }), { emailClaim: { holder: null }, usernameClaim: null }),
  (world) =>
    decideStartSession(
      { sessionId: SESSION, userId: GUEST, environmentId: ENV, familyHash: 'family-hash', tokenHash: 'token-hash-1', verifiedPasswordHash: SEALED },
      sessionAnd(world),
      START_MS,
    ),
  (world) =>
    decideRefreshSession(
      { ...shown, tokenHash: 'token-hash-1', newTokenHash: 'token-hash-2', mayRepeat: false, activeOrgId: null },
      sessionAnd(world),
      START_MS + HOUR_MS / 2,
    ),
  (world) =>
    decideRefreshSession(
      { ...shown, tokenHash: 'token-hash-2', newTokenHash: 'token-hash-3', mayRepeat: false, activeOrgId: null },
      sessionAnd(world),
      START_MS + 2 * HOUR_MS,
    ),
  (world) => decideEndSession(shown, sessionAnd(world)),
  (world) => decideLockUser({ ...ofGuest, untilMs: START_MS + HOUR_MS }, { user: world.user(GUEST) }),
  (world) => decideUnblockUser(ofGuest, guestAnd(world)),
];

/** What the deciders of today make of that life, in order. */
export const everyEvent = (): readonly DomainEvent[] => {
  const world = new World();
  for (const step of STEPS) world.append(step(world));
  return world.log.map(({ event }) => event);
};
