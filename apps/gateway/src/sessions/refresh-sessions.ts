import { Inject, Injectable } from '@nestjs/common';
import { parseUuid, type RefreshQuery, toSeconds, wireMemberships, wireUser } from '@app/http-api';
import type { DirectoryMessages, SessionGrant, UserWithOrgs } from '@app/messages';
import { Refusal } from '@app/domain';
import { type Caller, RpcClient } from '@app/platform';
import { nextRefreshToken, refreshTokenDigests } from '@app/tokens';
import { EntryLimiters } from '../entry/limits.js';
import type { SessionCaller } from '../entry/call.js';

/** Stands in for a malformed id, so that the response is that of an unknown organization. */
const NO_ORG_ID = '00000000-0000-0000-0000-000000000000';

export interface RefreshAsked {
  readonly query: RefreshQuery;
  /** Whether the client may present the token before the newest one in good faith. */
  readonly mayRepeat: boolean;
}

export interface Refreshed {
  readonly session: SessionGrant & UserWithOrgs;
  /** In the clear, for the one response that contains it. */
  readonly refreshToken: string;
}

/** Rotates refresh tokens: for browsers, which keep them in a cookie, and for servers, which send them in the body. */
@Injectable()
export class RefreshSessions {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(EntryLimiters) private readonly limits: EntryLimiters,
  ) {}

  /** Refuses with SESSION_OVER, or with NOT_A_MEMBER without changing anything. */
  async refresh(token: string | null, { query: { active_org_id: activeOrg }, mayRepeat }: RefreshAsked, caller: Caller): Promise<Refreshed> {
    const shown = refreshTokenDigests(caller.environmentId, token ?? '');
    if (token === null || shown === null) throw new Refusal('SESSION_OVER');
    const refreshToken = nextRefreshToken(token, this.limits.secret).reveal();
    const next = refreshTokenDigests(caller.environmentId, refreshToken);
    if (next === null) throw new Error('The refresh token just minted does not parse.');
    const activeOrgId = activeOrg === null ? null : (parseUuid(activeOrg) ?? NO_ORG_ID);
    const session = await this.rpc.call('directory.refresh-session', { ...shown, newTokenDigest: next.tokenDigest, activeOrgId, mayRepeat }, caller);
    return { session, refreshToken: session.keepsToken ? token : refreshToken };
  }

  /** A token without a session changes nothing: the caller is logged out already. */
  async end(token: string | null, caller: Caller): Promise<void> {
    const shown = refreshTokenDigests(caller.environmentId, token ?? '');
    if (shown !== null) await this.#end(shown, caller);
  }

  /** Ends the session of a verified access token. A token that the backend created has no session to end. */
  async endVerified({ user, sessionId }: SessionCaller, caller: Caller): Promise<void> {
    if (sessionId !== null) await this.#end({ sessionId, familyDigest: null }, { ...caller, actor: `user-${user.userId}` });
  }

  async #end(session: DirectoryMessages['directory.end-session']['request'], caller: Caller): Promise<void> {
    try {
      await this.rpc.call('directory.end-session', session, caller);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'SESSION_OVER')) throw error;
    }
  }
}

/** The response of a refresh. */
export const wireSession = ({ accessToken, accessExpiresAtMs, user, orgs }: SessionGrant & UserWithOrgs) => ({
  access_token: accessToken,
  expires_at_seconds: toSeconds(accessExpiresAtMs),
  org_id_to_org_member_info: wireMemberships(user, orgs),
  user: wireUser(user, null, Date.now()),
});
