import type { EnvironmentSettings } from './environment-settings.js';

/**
 * Every fact the log can hold. Names are permanent: a new shape is a new `.v2` beside the old one.
 * Times are epoch milliseconds; `…Tag` fields are log tags that this fact claims or releases.
 */
interface Fact<Type extends string, Data> {
  readonly type: Type;
  /** The entities whose rules this fact changes (`user-<id>`, `org-<id>`, …), and the unique things it claims. */
  readonly tags: readonly string[];
  readonly data: Data;
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export type EnvironmentEvent =
  | Fact<
      'environment.created.v1',
      {
        environmentId: string;
        name: string;
        publicKeyPem: string;
        sealedPrivateKey: string;
        settings: EnvironmentSettings;
      }
    >
  | Fact<'environment.settings-changed.v1', { environmentId: string; changes: Partial<EnvironmentSettings> }>
  /** Claims the host of the new URL and releases that of the previous one; tokens made under that one stay good until they expire. */
  | Fact<'environment.auth-url-changed.v1', { environmentId: string; authUrl: string; previousAuthUrl: string }>
  /** Known to whoever fetches the public keys; nothing is signed with it yet. */
  | Fact<'environment.signing-key-published.v1', { environmentId: string; keyId: string; publicKeyPem: string; sealedPrivateKey: string }>
  | Fact<'environment.signing-key-activated.v1', { environmentId: string; keyId: string }>
  | Fact<'environment.signing-key-revoked.v1', { environmentId: string; keyId: string }>;

/** What a user's profile holds and `user.profile-changed.v1` may change. */
export interface UserProfile {
  readonly username: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly pictureUrl: string | null;
  readonly legacyUserId: string | null;
  readonly metadata: JsonObject | null;
  readonly properties: JsonObject;
  readonly updatePasswordRequired: boolean;
}

export type UserEvent =
  | Fact<
      'user.created.v1',
      {
        userId: string;
        environmentId: string;
        email: string;
        emailTag: string;
        emailConfirmed: boolean;
        profile: UserProfile;
        usernameTag: string | null;
        canCreateOrgs: boolean;
      }
    >
  | Fact<
      'user.email-changed.v1',
      {
        userId: string;
        email: string;
        emailTag: string;
        previousEmailTag: string;
        emailConfirmed: boolean;
      }
    >
  | Fact<
      'user.profile-changed.v1',
      {
        userId: string;
        changes: Partial<UserProfile>;
        /** Present together, and only when the user name changes. */
        usernameTag: string | null;
        previousUsernameTag: string | null;
      }
    >
  | Fact<'user.password-set.v1', { userId: string; sealedPasswordHash: string; updatePasswordRequired: boolean }>
  | Fact<'user.password-cleared.v1', { userId: string }>
  | Fact<'user.sessions-ended.v1', { userId: string }>
  /** Too many wrong passwords: no login until then. Keys do not care. */
  | Fact<'user.locked.v1', { userId: string; untilMs: number }>
  | Fact<'user.unlocked.v1', { userId: string }>
  | Fact<'user.org-creation-set.v1', { userId: string; canCreateOrgs: boolean }>
  /** `epoch`: the user's epoch while blocked; the block hits the personal keys issued under it. */
  | Fact<'user.blocked.v1', { userId: string; suspendsOrgKeys: boolean; epoch: number }>
  /** `suspendedOrgKeys` and `epoch` repeat the block's, so that the cascade needs no other event to know what comes back. */
  | Fact<'user.unblocked.v1', { userId: string; reinstate: boolean; blockedPos: number; suspendedOrgKeys: boolean; epoch: number }>
  | Fact<
      'user.deleted.v1',
      {
        userId: string;
        endsOrgKeys: boolean;
        emailTag: string;
        usernameTag: string | null;
        /** The memberships that end with the user, so that each organization can count without knowing its members. */
        memberships: readonly { orgId: string; role: string }[];
        /** The epoch that the deletion ends. */
        epoch: number;
        /** By organization id, memberships that ended earlier included: the epochs that end too; empty unless `endsOrgKeys`. */
        memberEpochs: Readonly<Record<string, number>>;
      }
    >;

/** `…Hash`: HMACs of digests under directory's pepper. `sessionEpoch`: the user's when the session began. */
export type SessionEvent =
  | Fact<
      'session.started.v1',
      {
        sessionId: string;
        userId: string;
        environmentId: string;
        familyHash: string;
        tokenHash: string;
        sessionEpoch: number;
        expiresAtMs: number;
      }
    >
  /** `graceEndsAtMs`: until when a browser may show the token before this one. */
  | Fact<'session.refreshed.v1', { sessionId: string; userId: string; tokenHash: string; graceEndsAtMs: number; expiresAtMs: number }>
  | Fact<'session.ended.v1', { sessionId: string; userId: string; reason: 'logout' | 'token-reused' }>;

/** What an organization holds and `organization.changed.v1` may change. */
export interface OrganizationProfile {
  readonly name: string;
  readonly domain: string | null;
  readonly extraDomains: readonly string[];
  readonly autojoinByDomain: boolean;
  readonly restrictToDomain: boolean;
  readonly maxUsers: number | null;
  readonly legacyOrgId: string | null;
  readonly customRoleMappingName: string | null;
  readonly metadata: JsonObject;
  readonly canSetupSaml: boolean;
  readonly passwordRotationEnabled: boolean;
  readonly passwordRotationHistorySize: number;
  readonly passwordRotationPeriodDays: number;
  /** Epoch milliseconds from which members must use a second factor; null: never asked for. */
  readonly require2faByMs: number | null;
}

export type OrganizationEvent =
  | Fact<'organization.created.v1', { orgId: string; environmentId: string; slug: string; slugTag: string; profile: OrganizationProfile }>
  | Fact<'organization.changed.v1', { orgId: string; changes: Partial<OrganizationProfile> }>
  | Fact<'organization.deleted.v1', { orgId: string; slugTag: string }>;

export type MembershipEvent =
  | Fact<'membership.joined.v1', { userId: string; orgId: string; role: string; additionalRoles: readonly string[] }>
  | Fact<
      'membership.role-changed.v1',
      {
        userId: string;
        orgId: string;
        role: string;
        additionalRoles: readonly string[];
        previousRole: string;
      }
    >
  /** `epoch`: the membership's epoch until now; with `endsKeys` it ends. */
  | Fact<'membership.left.v1', { userId: string; orgId: string; role: string; endsKeys: boolean; epoch: number }>;

/** Which API made the key; it decides the token's format, never its rights. */
export type KeyOrigin = 'backend' | 'frontend' | 'organization';

export interface KeyGrant {
  readonly keyId: string;
  readonly environmentId: string;
  readonly origin: KeyOrigin;
  readonly tokenTag: string;
  readonly pepperId: string;
  /** The first ten characters of the token where its format has a fixed prefix; never more of it. */
  readonly tokenPrefix: string | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  /** Whose leaving ends an organization key (with the setting on); null: nobody's. */
  readonly creatorId: string | null;
  /** The user's epoch for a personal key, else null. */
  readonly userEpoch: number | null;
  /** The epoch of the user's membership for an organization key with a user, else null. */
  readonly memberEpoch: number | null;
  /** The epoch of the creator's membership for an organization key with a creator, else null. */
  readonly creatorEpoch: number | null;
  readonly expiresAtMs: number | null;
  readonly metadata: JsonObject | null;
  readonly displayName: string | null;
}

export type InvalidationCause = 'user.blocked' | 'user.deleted' | 'membership.left' | 'organization.deleted';

export type ApiKeyEvent =
  | Fact<'api-key.issued.v1', KeyGrant>
  | Fact<'api-key.imported.v1', KeyGrant>
  | Fact<'api-key.renamed.v1', { keyId: string; displayName: string | null }>
  | Fact<'api-key.metadata-changed.v1', { keyId: string; metadata: JsonObject | null }>
  | Fact<'api-key.expiry-changed.v1', { keyId: string; expiresAtMs: number | null }>
  | Fact<'api-key.revoked.v1', { keyId: string }>
  | Fact<'api-key.invalidated.v1', { keyId: string; cause: InvalidationCause; causePos: number }>
  /** `causePos` is the unblock's position, `invalidatedBy` that of the block whose invalidation it takes back. */
  | Fact<'api-key.reinstated.v1', { keyId: string; causePos: number; invalidatedBy: number }>;

export type BackendKeyKind = 'full-access' | 'read-and-validate' | 'validation-only' | 'custom';

export type BackendKeyEvent =
  | Fact<
      'backend-key.issued.v1',
      {
        backendKeyId: string;
        environmentId: string;
        name: string;
        kind: BackendKeyKind;
        /** For kind `custom` only; the other kinds are resolved by the permissions table of the edge. */
        permissions: readonly string[];
        tokenTag: string;
        pepperId: string;
      }
    >
  | Fact<'backend-key.revoked.v1', { backendKeyId: string }>;

/** The fence's own records: tag `registry`. Never relayed to others. */
export type RegistryEvent =
  | Fact<'registry.opened.v1', { leaseMs: number }>
  | Fact<'registry.lease-changed.v1', { leaseMs: number }>
  | Fact<'registry.node-joined.v1', { inc: string }>
  | Fact<'registry.node-fenced.v1', { inc: string }>
  | Fact<'registry.node-left.v1', { inc: string }>;

export type DomainEvent = EnvironmentEvent | UserEvent | SessionEvent | OrganizationEvent | MembershipEvent | ApiKeyEvent | BackendKeyEvent | RegistryEvent;
export type EventType = DomainEvent['type'];

/** Where an event stands in the log. */
export interface Placed {
  readonly pos: number;
  /** The commit's time, epoch milliseconds; never smaller than that of the commit before. */
  readonly at: number;
}
