import { type EventTable, type Fact, under } from '../fact.js';
import type { JsonObject } from '../json.js';
import { tags } from '../tags.js';

/** The fields of a profile that `user.profile-changed.v1` may change. */
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
  /** Too many wrong passwords: no login until then. Keys are not affected. */
  | Fact<'user.locked.v1', { userId: string; untilMs: number }>
  | Fact<'user.unlocked.v1', { userId: string }>
  | Fact<'user.org-creation-set.v1', { userId: string; canCreateOrgs: boolean }>
  /** `epoch`: the user's epoch while blocked; the block hits the personal keys issued under it. */
  | Fact<'user.blocked.v1', { userId: string; suspendsOrgKeys: boolean; epoch: number }>
  /** `suspendedOrgKeys` and `epoch` repeat the block's, so that the cascade needs no other event to know which keys to restore. */
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

const PERSONAL_PROFILE_FIELDS = ['username', 'firstName', 'lastName', 'pictureUrl', 'legacyUserId', 'metadata', 'properties'] as const;

const changesUser = ({ userId }: { readonly userId: string }): readonly string[] => [tags.user(userId)];

export const USER_EVENTS: EventTable<UserEvent> = {
  'user.created.v1': {
    changes: null,
    personal: ['email', ...under('profile', PERSONAL_PROFILE_FIELDS)],
    public: ['userId', 'environmentId'],
    claims: ({ userId, emailTag, usernameTag }) => ({ holder: userId, claims: [emailTag, usernameTag], releases: [] }),
  },
  'user.email-changed.v1': {
    changes: changesUser,
    personal: ['email'],
    public: ['userId'],
    claims: ({ userId, emailTag, previousEmailTag }) => ({ holder: userId, claims: [emailTag], releases: [previousEmailTag] }),
  },
  'user.profile-changed.v1': {
    changes: changesUser,
    personal: under('changes', PERSONAL_PROFILE_FIELDS),
    public: ['userId', 'changes'],
    claims: ({ userId, usernameTag, previousUsernameTag }) => ({ holder: userId, claims: [usernameTag], releases: [previousUsernameTag] }),
  },
  'user.password-set.v1': { changes: changesUser, personal: ['sealedPasswordHash'], public: ['userId'], claims: null },
  'user.password-cleared.v1': { changes: changesUser, personal: [], public: ['userId'], claims: null },
  'user.sessions-ended.v1': { changes: changesUser, personal: [], public: ['userId'], claims: null },
  'user.locked.v1': { changes: changesUser, personal: [], public: ['userId', 'untilMs'], claims: null },
  'user.unlocked.v1': { changes: changesUser, personal: [], public: ['userId'], claims: null },
  'user.org-creation-set.v1': { changes: changesUser, personal: [], public: ['userId', 'canCreateOrgs'], claims: null },
  'user.blocked.v1': { changes: changesUser, personal: [], public: ['userId', 'suspendsOrgKeys'], claims: null },
  'user.unblocked.v1': { changes: changesUser, personal: [], public: ['userId', 'reinstate', 'blockedPos', 'suspendedOrgKeys'], claims: null },
  'user.deleted.v1': {
    changes: changesUser,
    personal: [],
    public: ['userId', 'endsOrgKeys', 'memberships'],
    claims: ({ userId, emailTag, usernameTag }) => ({ holder: userId, claims: [], releases: [emailTag, usernameTag] }),
  },
};
