import { Controller, Inject } from '@nestjs/common';
import { RefreshQuery } from '@app/http-api';
import { Refusal } from '@app/domain';
import { RpcClient } from '@app/platform';
import { refreshTokenDigests } from '@app/tokens';
import { WireQuery } from '../http/wire-input.js';
import { type ApiCall, Call } from '../entry/call.js';
import { Serves } from '../entry/endpoint.js';
import { AccessTokenVerifier } from '../entry/access-token-verifier.js';
import { RefreshSessions, wireSession } from './refresh-sessions.js';
import { accessTokensOf, clearSessionCookies, cookieOf, REFRESH_COOKIE, setSessionCookies } from '../entry/session-cookies.js';
import { jsonWebKeySet } from '../entry/signing-keys.js';

const tokenOf = ({ request }: ApiCall): string | null => cookieOf(request, REFRESH_COOKIE);
/**
 * Browsers send the header to an address with TLS, and a page can neither set nor suppress it. Two tabs of a browser may present one token
 * at the same time. A script that presents a token twice has stolen it.
 */
const isBrowser = ({ request }: ApiCall): boolean => request.headers['sec-fetch-site'] !== undefined;

const loggedOut = ({ environment, reply }: ApiCall) => {
  clearSessionCookies(reply);
  return { redirect_to: `${environment.settings.authUrl}/login` };
};

@Controller()
export class SessionsController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(RefreshSessions) private readonly sessions: RefreshSessions,
    @Inject(AccessTokenVerifier) private readonly accessTokens: AccessTokenVerifier,
  ) {}

  @Serves('refresh-session')
  async refresh(@WireQuery(RefreshQuery) query: RefreshQuery, @Call() call: ApiCall) {
    try {
      const shown = tokenOf(call);
      const { session, refreshToken } = await this.sessions.refresh(shown, { query, mayRepeat: isBrowser(call) }, call.caller());
      // A token that stays is not set again: this response may arrive after one that sets its successor.
      setSessionCookies(call.reply, session, refreshToken === shown ? null : refreshToken);
      return wireSession(session);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SESSION_OVER') clearSessionCookies(call.reply);
      throw error;
    }
  }

  /** Ends the session of every token that the call presents. Afterwards none of these tokens is valid, except one that the backend created. */
  @Serves('log-out')
  async logOut(@Call() call: ApiCall) {
    await this.sessions.end(tokenOf(call), call.caller());
    // One by one: a token of a session that has just ended is no longer valid.
    for (const token of accessTokensOf(call.request)) {
      const verified = await this.accessTokens.verify(call.environment, token);
      if (verified !== null) await this.sessions.endVerified(verified, call.caller());
    }
    return loggedOut(call);
  }

  /** Requires a current token: with a replaced one a thief could log the user out everywhere. */
  @Serves('log-out-everywhere')
  async logOutEverywhere(@Call() call: ApiCall) {
    const shown = refreshTokenDigests(call.environmentId, tokenOf(call) ?? '');
    if (shown === null) throw new Refusal('SESSION_OVER');
    const { userId } = await this.rpc.call('directory.fetch-session', shown, call.caller());
    await this.rpc.call('directory.end-sessions', { userId }, { ...call.caller(), actor: `user-${userId}` });
    return loggedOut(call);
  }

  @Serves('fetch-signing-keys')
  signingKeys(@Call() { environment, reply }: ApiCall) {
    // Short enough that a published key is known everywhere long before the operator activates it.
    void reply.header('cache-control', 'public, max-age=300');
    return jsonWebKeySet(environment, Date.now());
  }
}
