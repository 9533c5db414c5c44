import type { EnvironmentSettings } from './environment-settings.js';
import type { BackendKeyKind, JsonObject, KeyOrigin, OrganizationProfile, UserProfile } from './events.js';
import type { Membership, PreviousAuthUrl, SigningKeyState } from './states.js';

/**
 * What a validation is answered from: the public part of each entity's state, without hashes and sealed secrets.
 * Records travel between services, lie in caches and feed both the verdict and the wire format.
 */
export interface KeyRecord {
  readonly kind: 'key';
  readonly keyId: string;
  readonly environmentId: string;
  readonly origin: KeyOrigin;
  readonly imported: boolean;
  readonly tokenPrefix: string | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly creatorId: string | null;
  readonly userEpoch: number | null;
  readonly memberEpoch: number | null;
  readonly creatorEpoch: number | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly metadata: JsonObject | null;
  readonly displayName: string | null;
  readonly revoked: boolean;
}

export interface UserRecord {
  readonly kind: 'user';
  readonly userId: string;
  readonly environmentId: string;
  readonly createdAtMs: number;
  readonly lastActiveAtMs: number;
  readonly email: string;
  readonly emailConfirmed: boolean;
  readonly hasPassword: boolean;
  readonly profile: UserProfile;
  readonly canCreateOrgs: boolean;
  readonly blocked: boolean;
  readonly suspendsOrgKeys: boolean;
  readonly lockedUntilMs: number | null;
  readonly sessionEpoch: number;
  readonly deleted: boolean;
  readonly epoch: number;
  readonly memberships: Readonly<Record<string, Membership>>;
}

export interface OrganizationRecord {
  readonly kind: 'org';
  readonly orgId: string;
  readonly environmentId: string;
  readonly createdAtMs: number;
  readonly slug: string;
  readonly profile: OrganizationProfile;
  readonly deleted: boolean;
}

export interface EnvironmentRecord {
  readonly kind: 'env';
  readonly environmentId: string;
  readonly name: string;
  /** Of the key that signs now. */
  readonly publicKeyPem: string;
  readonly signingKeys: readonly SigningKeyRecord[];
  readonly settings: EnvironmentSettings;
  readonly previousAuthUrls: readonly PreviousAuthUrl[];
}

export type SigningKeyRecord = Omit<SigningKeyState, 'sealedPrivateKey' | 'revoked'>;

/** Whether a session goes on. Its refresh tokens are no part of it: they change with every refresh, the answer to this does not. */
export interface SessionRecord {
  readonly kind: 'session';
  readonly sessionId: string;
  readonly environmentId: string;
  readonly userId: string;
  readonly sessionEpoch: number;
  readonly ended: boolean;
}

/** Whose users log in at this host name; null: nobody's, which is kept for loopback hosts alone. */
export interface HostRecord {
  readonly kind: 'host';
  readonly host: string;
  readonly environmentId: string | null;
}

export interface BackendKeyRecord {
  readonly kind: 'backendkey';
  readonly backendKeyId: string;
  readonly environmentId: string;
  readonly name: string;
  readonly accessKind: BackendKeyKind;
  readonly permissions: readonly string[];
  readonly createdAtMs: number;
  readonly revoked: boolean;
}

export type FenceRecordState = KeyRecord | UserRecord | OrganizationRecord | EnvironmentRecord | BackendKeyRecord | SessionRecord | HostRecord;

/** Everything a key's verdict rests on; null where the key names none. `memberOrgs`: the organizations of the user's active memberships. */
export interface KeyVerdictRecords {
  readonly key: KeyRecord;
  readonly environment: EnvironmentRecord;
  readonly user: UserRecord | null;
  readonly org: OrganizationRecord | null;
  readonly creator: UserRecord | null;
  readonly memberOrgs: readonly OrganizationRecord[];
}

export type KeyDenial =
  | 'revoked'
  | 'expired'
  | 'user-blocked'
  | 'user-deleted'
  | 'user-epoch'
  | 'member-epoch'
  | 'creator-epoch'
  | 'org-deleted'
  | 'kind-disabled'
  | 'unknown';
export type KeyVerdict = { readonly valid: true } | { readonly valid: false; readonly reason: KeyDenial };
