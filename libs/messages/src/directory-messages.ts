import type { EnvironmentRecord, EnvironmentSettings, LoginState, OrganizationProfile, OrganizationRecord, UserProfile, UserRecord } from '@app/domain';
import type { Empty, PageOf, Paging } from './message.js';

/** A user with the organizations of its active memberships, if requested. */
export interface UserWithOrgs {
  readonly user: UserRecord;
  readonly orgs: readonly OrganizationRecord[];
}
/** Digests (libs/tokens) of a refresh token: of the part that stays for the whole session, and of all of it. */
export interface RefreshDigests {
  readonly familyDigest: string;
  readonly tokenDigest: string;
}
/** The presenter of a refresh token. */
export interface PresentedSession extends RefreshDigests {
  readonly sessionId: string;
}
export interface SessionGrant {
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
  /** First of two steps; the second signs new tokens with it. */
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
  /** A user who signs up. `address`: the share of hashing that it counts for. A known address gets the same response. */
  'directory.sign-up': { request: { userId: string; email: string; password: string; profile: UserProfile; address: string }; reply: Empty };
  /** With `lockUntilMs` a wrong password locks the account until then. */
  'directory.log-in': {
    request: { email: string; password: string; sessionId: string; lockUntilMs: number | null; address: string } & RefreshDigests;
    reply: SessionGrant;
  };
  /** Refused with SESSION_OVER if the session has ended, and with NOT_A_MEMBER for an organization that the user is not in. */
  'directory.refresh-session': {
    request: PresentedSession & {
      newTokenDigest: string;
      activeOrgId: string | null;
      /** The token before the newest may be shown once more for a moment: browsers have tabs. */
      mayRepeat: boolean;
    };
    reply: SessionGrant &
      UserWithOrgs & {
        activeOrgId: string | null;
        /** The token that was shown stays the newest: there is no other. */
        keepsToken: boolean;
      };
  };
  /** Without a family if the caller presented an access token of the session, which the sender has checked. */
  'directory.end-session': { request: PresentedSession | { sessionId: string; familyDigest: null }; reply: { userId: string } };
  /** The user of the session; linearizable. Refused with SESSION_OVER. */
  'directory.fetch-session': { request: PresentedSession; reply: { userId: string } };
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
