import type { EnvironmentSettings } from '../environment/settings.js';
import type { EnvironmentState } from '../environment/state.js';
import { existing, living, within } from '../existing.js';
import type { DomainEvent } from '../log-events.js';
import { activeMembershipOf } from '../membership/state.js';
import { Refusal } from '../refusal.js';
import { tags } from '../tags.js';
import type { UserProfile } from '../user/events.js';
import type { UserState } from '../user/state.js';
import type { SessionState } from './state.js';

/** Two tabs may refresh at once, and responses get lost: for this long the previous token is accepted once more. After that it counts as stolen. */
export const REFRESH_GRACE_MS = 10_000;
const DAY_MS = 86_400_000;
/** The resolution of `last_active_at` for refreshes: each update is a commit in the history of the user. */
const ACTIVITY_STEP_MS = 3_600_000;

const expiryOf = ({ sessionIdleDays }: EnvironmentSettings, at: number): number => at + sessionIdleDays * DAY_MS;

export interface SessionStates {
  readonly session: SessionState | null;
  readonly user: UserState | null;
}
export interface StartSessionCommand {
  readonly sessionId: string;
  readonly userId: string;
  readonly environmentId: string;
  readonly familyHash: string;
  readonly tokenHash: string;
  /** The hash that the given password matched; a new password set meanwhile makes it wrong. */
  readonly verifiedPasswordHash: string;
}

/** Why a user with the right password may still not log in. */
export const refuseLogin = (user: UserState, { settings }: EnvironmentState, at: number): void => {
  if (!settings.passwordLoginEnabled) throw new Refusal('ACTION_DISABLED');
  if (user.blocked) throw new Refusal('ACCOUNT_DISABLED');
  if (user.lockedUntilMs !== null && at < user.lockedUntilMs) throw new Refusal('ACCOUNT_LOCKED');
};

export const decideStartSession = (
  cmd: StartSessionCommand,
  s: SessionStates & { readonly environment: EnvironmentState | null },
  at: number,
): readonly DomainEvent[] => {
  const { sessionId, environmentId, familyHash, tokenHash } = cmd;
  if (s.session !== null) throw new Error('A new session must have a new id.');
  const environment = existing(environmentId, s.environment);
  const user = living(environmentId, s.user);
  if (user === null || user.sealedPasswordHash !== cmd.verifiedPasswordHash) throw new Refusal('WRONG_CREDENTIALS');
  refuseLogin(user, environment, at);
  const { userId, sessionEpoch } = user;
  return [
    {
      type: 'session.started.v1',
      tags: [tags.session(sessionId), tags.user(userId)],
      data: { sessionId, userId, environmentId, familyHash, tokenHash, sessionEpoch, expiresAtMs: expiryOf(environment.settings, at) },
    },
  ];
};

/** A refresh token that a caller presents, as its hashes. */
export interface PresentedToken {
  readonly environmentId: string;
  readonly familyHash: string;
  readonly tokenHash: string;
}

/** `newest`; `replaced` a moment ago by the newest; or `used`: replaced longer ago, or by one that was replaced itself. */
const tokenState = ({ tokenHash, replaced }: SessionState, hash: string, at: number): 'newest' | 'replaced' | 'used' => {
  if (hash === tokenHash) return 'newest';
  return hash === replaced?.hash && at < replaced.graceEndsAtMs ? 'replaced' : 'used';
};

/** The session that the token belongs or belonged to, with its user, while the session lasts. A made-up token of a known session finds none. */
const ongoing = ({ environmentId, familyHash }: PresentedToken, s: SessionStates, at: number): { session: SessionState; user: UserState } => {
  const session = within(environmentId, s.session);
  const user = living(environmentId, s.user);
  if (session === null || session.familyHash !== familyHash || session.ended !== null || at >= session.expiresAtMs) throw new Refusal('SESSION_OVER');
  if (user?.userId !== session.userId || user.blocked || user.sessionEpoch !== session.sessionEpoch) throw new Refusal('SESSION_OVER');
  return { session, user };
};

/** The user of the token. Changes nothing: a replaced token is refused here, and ends its session at the next refresh. */
export const userOfToken = (presented: PresentedToken, s: SessionStates, at: number): UserState => {
  const { session, user } = ongoing(presented, s, at);
  if (tokenState(session, presented.tokenHash, at) === 'used') throw new Refusal('SESSION_OVER');
  return user;
};

export interface RefreshSessionCommand extends PresentedToken {
  /** Of the one token that follows the shown one: showing that again asks for the same. */
  readonly newTokenHash: string;
  /** Who may show the token before the newest in good faith: browsers, which have tabs, and servers that prove who they are. */
  readonly mayRepeat: boolean;
  /** The organization of the new access token. */
  readonly activeOrgId: string | null;
}

/**
 * Appends nothing within the grace, in good faith: the previous token has its successor already, and the newest one stays. If it rotated
 * twice in that time, a browser that gets the first response last would lose it.
 */
const repeats = (cmd: RefreshSessionCommand, session: SessionState, at: number): boolean => {
  if (!cmd.mayRepeat || session.replaced === null || at >= session.replaced.graceEndsAtMs) return false;
  return cmd.tokenHash === session.tokenHash || (cmd.tokenHash === session.replaced.hash && cmd.newTokenHash === session.tokenHash);
};

/** Rotates the token. One that was replaced before is shown by a thief or by the one who was robbed: the session ends for both. */
export const decideRefreshSession = (
  cmd: RefreshSessionCommand,
  s: SessionStates & { readonly environment: EnvironmentState | null },
  at: number,
): readonly DomainEvent[] => {
  const { session, user } = ongoing(cmd, s, at);
  const { sessionId, userId } = session;
  const repeated = repeats(cmd, session, at);
  if (!repeated && tokenState(session, cmd.tokenHash, at) !== 'newest') {
    return [{ type: 'session.ended.v1', tags: [tags.session(sessionId)], data: { sessionId, userId, reason: 'token-reused' } }];
  }
  if (cmd.activeOrgId !== null && activeMembershipOf(user, cmd.activeOrgId) === null) throw new Refusal('NOT_A_MEMBER');
  if (repeated) return [];
  const { settings } = existing(cmd.environmentId, s.environment);
  const moves = at - user.lastActiveAtMs >= ACTIVITY_STEP_MS ? [tags.user(userId)] : [];
  return [
    {
      type: 'session.refreshed.v1',
      tags: [tags.session(sessionId), ...moves],
      data: { sessionId, userId, tokenHash: cmd.newTokenHash, graceEndsAtMs: at + REFRESH_GRACE_MS, expiresAtMs: expiryOf(settings, at) },
    },
  ];
};

export interface EndSessionCommand {
  readonly environmentId: string;
  /** Of a refresh token of the session. Null if the caller presented an access token of it, which was checked. */
  readonly familyHash: string | null;
}

/** The holder of any token of the session may end it. An ended session keeps its first reason. */
export const decideEndSession = ({ environmentId, familyHash }: EndSessionCommand, s: { readonly session: SessionState | null }): readonly DomainEvent[] => {
  const session = within(environmentId, s.session);
  if (session === null || (familyHash !== null && session.familyHash !== familyHash)) throw new Refusal('SESSION_OVER');
  const { sessionId, userId } = session;
  return session.ended === null ? [{ type: 'session.ended.v1', tags: [tags.session(sessionId)], data: { sessionId, userId, reason: 'logout' } }] : [];
};

/** What is left to do after the right password. */
export type LoginState = 'Finished' | 'ConfirmEmailRequired' | 'UpdatePasswordRequired';

/** The environment requires a confirmed address, and this user's is not confirmed. */
export const mustConfirmEmail = ({ emailConfirmed }: { readonly emailConfirmed: boolean }, { emailConfirmationRequired }: EnvironmentSettings): boolean =>
  emailConfirmationRequired && !emailConfirmed;

export const loginStateOf = (user: { readonly emailConfirmed: boolean; readonly profile: UserProfile }, settings: EnvironmentSettings): LoginState => {
  if (mustConfirmEmail(user, settings)) return 'ConfirmEmailRequired';
  return user.profile.updatePasswordRequired ? 'UpdatePasswordRequired' : 'Finished';
};
