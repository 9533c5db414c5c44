import type {
  BackendKeyKind,
  BackendKeyRecord,
  EnvironmentRecord,
  EnvironmentSettings,
  FieldErrors,
  JsonObject,
  KeyOrigin,
  KeyRecord,
  LoginState,
  OrganizationProfile,
  OrganizationRecord,
  RefusalCode,
  UserProfile,
  UserRecord,
} from '@app/domain';

/** What every message carries beside its data. */
export interface Meta {
  readonly requestId: string;
  /** Random, or with an Idempotency-Key the SHA-256 of environment, backend key id, route and that key. */
  readonly commandId: string;
  /** `''` only for the operator's messages that are about no environment. */
  readonly environmentId: string;
  /** `backendkey-<id>`, `user-<id>`, `operator` or `system`. */
  readonly actor: string;
  /** Milliseconds left for the whole call when it was sent. */
  readonly leftMs: number;
  /** SHA-256 hex of the request body (scrypt of it where a password is in it), sent only with an Idempotency-Key; the service stores its HMAC. */
  readonly requestDigest?: string;
}
export interface Message<Data> {
  readonly meta: Meta;
  readonly data: Data;
}

/** `pos`: the position the answer rests on. */
export type Answer<Result> = { readonly ok: true; readonly data: Result; readonly pos: number } | { readonly ok: false; readonly error: WireRefusal };
export interface WireRefusal {
  readonly code: RefusalCode;
  readonly fields: FieldErrors;
  readonly message: string;
  readonly subjectId: string | null;
  readonly retryAfterMs: number | null;
}

/** A user with the organizations of its active memberships, where they were asked for. */
export interface UserWithOrgs {
  readonly user: UserRecord;
  readonly orgs: readonly OrganizationRecord[];
}
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}
interface Paging {
  readonly pageNumber: number;
  readonly pageSize: number;
}
type Empty = Record<string, never>;

/** A key as lists and fetches show it. */
export interface KeyView {
  readonly key: KeyRecord;
  readonly archived: boolean;
  /** When it was revoked, expired or was invalidated, whichever came first; null while active. */
  readonly endedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}
/** Which keys of an environment, and in what order. */
export interface ListKeysData extends Paging {
  readonly life: 'active' | 'archived' | 'any';
  /** Leaves out keys that ended at or before it. */
  readonly endedAfterMs: number | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  /** Only keys with a user and without an organization. */
  readonly personalOnly: boolean;
  /** Case-insensitive. */
  readonly keyIdPart: string | null;
  /** Never expiring is the latest expiry of all. */
  readonly orderBy: 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'EXPIRES_AT_ASC' | 'EXPIRES_AT_DESC';
}
/** What a list of keys is where nothing else is asked for: all active ones, newest first. */
export const LIST_KEYS_DEFAULTS = {
  life: 'active',
  endedAfterMs: null,
  userId: null,
  orgId: null,
  personalOnly: false,
  keyIdPart: null,
  orderBy: 'CREATED_AT_DESC',
} as const satisfies Omit<ListKeysData, keyof Paging>;
export interface IssueKeyData {
  readonly keyId: string;
  readonly origin: KeyOrigin;
  /** SHA-256 of the token in its space (libs/tokens); the token itself never leaves the edge. */
  readonly digest: string;
  readonly tokenPrefix: string | null;
  readonly imported: boolean;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly creatorId: string | null;
  readonly expiresAtMs: number | null;
  readonly metadata: JsonObject | null;
  readonly displayName: string | null;
}

/** Digests (libs/tokens) of a refresh token: of the part that stays for the whole session, and of all of it. */
export interface RefreshDigests {
  readonly familyDigest: string;
  readonly tokenDigest: string;
}
/** Who shows a refresh token. */
export interface ShownSession extends RefreshDigests {
  readonly sessionId: string;
}
export interface OpenSession {
  readonly userId: string;
  readonly accessToken: string;
  readonly accessExpiresAtMs: number;
  /** When the session ends without another refresh. */
  readonly expiresAtMs: number;
  readonly loginState: LoginState;
}
/** Subjects of the directory service: request and reply by subject. Commands first, queries below. */
export interface DirectoryMessages {
  'directory.create-environment': {
    request: { environmentId: string; name: string; settings: EnvironmentSettings };
    reply: { environmentId: string; created: boolean };
  };
  'directory.change-settings': { request: { changes: Partial<EnvironmentSettings> }; reply: { settings: EnvironmentSettings } };
  /** First of two steps; the second makes new tokens be signed with it. */
  'directory.publish-signing-key': { request: { keyId: string }; reply: { keyId: string; publicKeyPem: string } };
  'directory.activate-signing-key': { request: { keyId: string }; reply: Empty };
  'directory.revoke-signing-key': { request: { keyId: string }; reply: Empty };
  'directory.create-user': {
    request: {
      userId: string;
      email: string;
      emailConfirmed: boolean;
      password: string | null;
      profile: UserProfile;
      canCreateOrgs: boolean;
    };
    reply: { userId: string };
  };
  'directory.change-profile': { request: { userId: string; changes: Partial<UserProfile> }; reply: Empty };
  'directory.change-email': { request: { userId: string; newEmail: string; emailConfirmed: boolean }; reply: Empty };
  'directory.set-password': { request: { userId: string; password: string; updatePasswordRequired: boolean }; reply: Empty };
  'directory.clear-password': { request: { userId: string }; reply: Empty };
  /** A user who signs up. What an address that is known is answered is the same. */
  'directory.sign-up': { request: { userId: string; email: string; password: string; profile: UserProfile }; reply: Empty };
  /** With `lockUntilMs` a wrong password locks the account until then. */
  'directory.log-in': {
    request: { email: string; password: string; sessionId: string; lockUntilMs: number | null } & RefreshDigests;
    reply: OpenSession;
  };
  /** Refused with SESSION_OVER once there is no session any more, NOT_A_MEMBER for an organization that the user is not in. */
  'directory.refresh-session': {
    request: ShownSession & {
      newTokenDigest: string;
      activeOrgId: string | null;
      /** The token before the newest may be shown once more for a moment: browsers have tabs. */
      mayRepeat: boolean;
    };
    reply: OpenSession &
      UserWithOrgs & {
        activeOrgId: string | null;
        /** The token that was shown stays the newest: there is no other. */
        keepsToken: boolean;
      };
  };
  /** Without a family where an access token of the session was shown, which the sender has checked. */
  'directory.end-session': { request: ShownSession | { sessionId: string; familyDigest: null }; reply: { userId: string } };
  /** Whose the session is; linearizable. Refused with SESSION_OVER. */
  'directory.fetch-session': { request: ShownSession; reply: { userId: string } };
  'directory.end-sessions': { request: { userId: string }; reply: Empty };
  'directory.set-org-creation': { request: { userId: string; canCreateOrgs: boolean }; reply: Empty };
  'directory.block-user': { request: { userId: string }; reply: Empty };
  'directory.unblock-user': { request: { userId: string }; reply: Empty };
  'directory.delete-user': { request: { userId: string }; reply: Empty };
  'directory.create-organization': { request: { orgId: string; profile: OrganizationProfile }; reply: { orgId: string; name: string } };
  'directory.change-organization': { request: { orgId: string; changes: Partial<OrganizationProfile> }; reply: Empty };
  'directory.delete-organization': { request: { orgId: string }; reply: Empty };
  'directory.add-member': { request: { userId: string; orgId: string; role: string; additionalRoles: readonly string[] }; reply: Empty };
  'directory.change-role': { request: { userId: string; orgId: string; role: string; additionalRoles: readonly string[] }; reply: Empty };
  'directory.remove-member': { request: { userId: string; orgId: string }; reply: Empty };
  'directory.create-access-token': { request: { userId: string; durationMinutes: number; activeOrgId: string | null }; reply: { accessToken: string } };

  'directory.list-environments': { request: Empty; reply: { environments: readonly EnvironmentRecord[] } };
  'directory.fetch-user': {
    request: { by: 'id' | 'email' | 'username'; value: string; includeOrgs: boolean };
    reply: UserWithOrgs;
  };
  'directory.batch-users': {
    request: { by: 'id' | 'email' | 'username'; values: readonly string[]; includeOrgs: boolean };
    reply: { users: readonly UserWithOrgs[] };
  };
  'directory.query-users': {
    request: Paging & {
      orderBy: 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'LAST_ACTIVE_AT_ASC' | 'LAST_ACTIVE_AT_DESC' | 'EMAIL' | 'USERNAME';
      emailOrUsername: string | null;
      legacyUserId: string | null;
      orgId: string | null;
      role: string | null;
      includeOrgs: boolean;
    };
    reply: PageOf<UserWithOrgs>;
  };
  'directory.fetch-organization': { request: { orgId: string }; reply: OrganizationRecord };
  'directory.query-organizations': {
    request: Paging & {
      orderBy: 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'NAME';
      name: string | null;
      legacyOrgId: string | null;
      domain: string | null;
    };
    reply: PageOf<OrganizationRecord>;
  };
}

/** Subjects of the keys service. Those of the fence are in libs/fence: they have a transport of their own. */
export interface KeysMessages {
  /** When the command was carried out before: the first id for an imported key, else refused with TOKEN_SHOWN_ONCE and that id. */
  'keys.issue-key': { request: IssueKeyData; reply: { keyId: string } };
  'keys.update-key': {
    request: { keyId: string; expiresAtMs?: number | null; metadata?: JsonObject | null; displayName?: string | null };
    reply: Empty;
  };
  'keys.revoke-key': { request: { keyId: string }; reply: Empty };
  'keys.issue-backend-key': {
    request: { backendKeyId: string; digest: string; name: string; kind: BackendKeyKind; permissions: readonly string[] };
    reply: { backendKeyId: string };
  };
  'keys.revoke-backend-key': { request: { backendKeyId: string }; reply: Empty };

  'keys.fetch-key': { request: { keyId: string }; reply: KeyView };
  'keys.list-keys': { request: ListKeysData; reply: PageOf<KeyView> };
  'keys.count-usage': {
    request: { day: string; keyId: string | null; userId: string | null; orgId: string | null };
    reply: { count: number };
  };
  'keys.list-backend-keys': { request: Empty; reply: { backendKeys: readonly BackendKeyRecord[] } };
  /** Running totals of what a process validated; the only thing such a process may tell keys beside the fence's questions. */
  'keys.usage': { request: { totals: readonly UsageTotalData[] }; reply: Empty };
}

export interface UsageTotalData {
  readonly inc: string;
  readonly day: string;
  readonly keyId: string;
  readonly environmentId: string;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly count: number;
  readonly lastUsedAtMs: number;
}

export type Messages = DirectoryMessages & KeysMessages;
export type Subject = keyof Messages;
export type RequestOf<S extends Subject> = Messages[S]['request'];
export type ReplyOf<S extends Subject> = Messages[S]['reply'];

const QUERY_VERBS = ['fetch-', 'list-', 'query-', 'batch-', 'count-'];
/** Queries get the short deadline; everything else may have to wait out a lease. */
export const isQuery = (subject: Subject): boolean => {
  const verb = subject.slice(subject.indexOf('.') + 1);
  return QUERY_VERBS.some((prefix) => verb.startsWith(prefix));
};
