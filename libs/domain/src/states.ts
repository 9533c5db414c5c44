import type { EnvironmentSettings } from './environment-settings.js';
import type { BackendKeyKind, DomainEvent, KeyGrant, OrganizationProfile, UserProfile } from './events.js';

/** The folded state of one tag. `null` stands for "no commit has this tag yet", where the kind has no use for more. */
export interface EnvironmentState {
  readonly environmentId: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** Oldest first. The first was made with the environment and has its id. */
  readonly signingKeys: readonly SigningKeyState[];
  readonly settings: EnvironmentSettings;
  /** Where users logged in before, the last change last: tokens made there stay good until they expire. */
  readonly previousAuthUrls: readonly PreviousAuthUrl[];
}

export interface PreviousAuthUrl {
  readonly authUrl: string;
  readonly replacedAtMs: number;
}

/** Published, then active, then retired: it signs only while active, and is good for checking in all three, until it is revoked. */
export interface SigningKeyState {
  readonly keyId: string;
  readonly publicKeyPem: string;
  readonly sealedPrivateKey: string;
  readonly activatedAtMs: number | null;
  /** When the next one was activated. */
  readonly retiredAtMs: number | null;
  /** Good for nothing any more. It stays here, so that its id never gets another key. */
  readonly revoked: boolean;
}

export interface Membership {
  readonly role: string;
  readonly additionalRoles: readonly string[];
  readonly joinedAtMs: number;
  /** False once the user has left; the entry stays, because its epoch must never be forgotten. */
  readonly active: boolean;
  /** Raised when the membership ends with its keys; organization keys issued under an older epoch are dead for good. */
  readonly epoch: number;
}

export interface UserState {
  readonly userId: string;
  readonly environmentId: string;
  readonly createdAtMs: number;
  readonly lastActiveAtMs: number;
  readonly email: string;
  readonly emailTag: string;
  readonly emailConfirmed: boolean;
  readonly usernameTag: string | null;
  readonly profile: UserProfile;
  readonly canCreateOrgs: boolean;
  readonly sealedPasswordHash: string | null;
  readonly blocked: boolean;
  /** Position of the block that holds now; null while not blocked. */
  readonly blockedPos: number | null;
  /** The block suspends this user's organization keys too (the setting at the time of the block). */
  readonly suspendsOrgKeys: boolean;
  /** No login before this time; null: none was ever locked out, or it was taken back. */
  readonly lockedUntilMs: number | null;
  /** Raised by whatever ends all sessions: a block, a deletion, another password, `user.sessions-ended`. Sessions and tokens of an older one are over. */
  readonly sessionEpoch: number;
  readonly deleted: boolean;
  /** Raised by an unblock without reinstatement and by deletion; personal keys of an older epoch are dead for good. */
  readonly epoch: number;
  /** By organization id, left ones included. */
  readonly memberships: Readonly<Record<string, Membership>>;
}

/** The refresh token before the newest: shown once more by a browser with two tabs, or by one that missed an answer. */
export interface ReplacedToken {
  readonly hash: string;
  readonly graceEndsAtMs: number;
}

export interface SessionState {
  readonly sessionId: string;
  readonly userId: string;
  readonly environmentId: string;
  readonly familyHash: string;
  /** Of the newest token. */
  readonly tokenHash: string;
  readonly replaced: ReplacedToken | null;
  readonly sessionEpoch: number;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  readonly ended: 'logout' | 'token-reused' | null;
}

export interface OrganizationState {
  readonly orgId: string;
  readonly environmentId: string;
  readonly createdAtMs: number;
  readonly slug: string;
  readonly slugTag: string;
  readonly profile: OrganizationProfile;
  readonly deleted: boolean;
  readonly memberCount: number;
  readonly ownerCount: number;
}

export interface ApiKeyState extends KeyGrant {
  readonly imported: boolean;
  readonly createdAtMs: number;
  readonly issuedPos: number;
  readonly revokedPos: number | null;
  readonly revokedAtMs: number | null;
  /** Positions of the causes that invalidated this key and were not taken back; lists show the key as archived while there is one. */
  readonly invalidatedBy: readonly number[];
  /** When each of those was written down. */
  readonly invalidationTimesMs: readonly number[];
  /** The first of those times; null while there is none. */
  readonly invalidatedAtMs: number | null;
}

export interface BackendKeyState {
  readonly backendKeyId: string;
  readonly environmentId: string;
  readonly name: string;
  readonly kind: BackendKeyKind;
  readonly permissions: readonly string[];
  readonly tokenTag: string;
  readonly pepperId: string;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

/** A unique thing (`email-`, `username-`, `slug-`, `environment-name-`, `auth-host-`, `token-`): the id of who holds it, for a token the holder's name (`key-…`, `backendkey-…`); null: free. */
export interface ClaimState {
  readonly holder: string | null;
}

export interface CommandState {
  readonly pos: number;
  readonly requestHash: string | null;
  /** The first event of the commit: enough to answer a repeated request as the first was answered. */
  readonly first: DomainEvent;
}

export interface RegistryState {
  /** Null until `registry.opened.v1`. */
  readonly leaseMs: number | null;
  /** Every node that has joined and not left, with the position of its join; `fenced` is the position of its fence or null. */
  readonly nodes: Readonly<Record<string, { readonly joinedPos: number; readonly fencedPos: number | null }>>;
}
