import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { LoginBody, SignupBody } from '@app/http-api';
import type { SessionGrant } from '@app/messages';
import { type LoginState, loginStateOf, Refusal } from '@app/domain';
import { RpcClient } from '@app/platform';
import { mintRefreshToken, newKeyId, refreshTokenDigests } from '@app/tokens';
import { textOrNull } from '../http/answers.js';
import { WireBody } from '../http/wire-input.js';
import { type ApiCall, Call } from '../entry/call.js';
import { callerAddress } from '../entry/caller-address.js';
import { Serves } from '../entry/endpoint.js';
import { type BegunLogin, type LoginAttempt, LoginLimits } from './login-limits.js';
import { setSessionCookies } from '../entry/session-cookies.js';

/** An address without surrounding whitespace, which autofill often adds. */
const typed = (email: string): string => email.trim();

const signedUp = (body: SignupBody) => ({
  username: textOrNull(body.username),
  firstName: textOrNull(body.first_name),
  lastName: textOrNull(body.last_name),
  pictureUrl: null,
  legacyUserId: null,
  metadata: null,
  properties: body.properties ?? {},
  updatePasswordRequired: false,
});

const stateOf = ({ environment: { settings }, sessionOrNull: session }: ApiCall): LoginState | 'LoginRequired' =>
  session === null ? 'LoginRequired' : loginStateOf(session.user, settings);

/** What came of the attempt, for its limits. One that was only refused a place for its hashing is as if it had not been made. */
const counted = async (begun: BegunLogin, login: Promise<SessionGrant>): Promise<SessionGrant> => {
  try {
    const session = await login;
    await begun.succeeded();
    return session;
  } catch (error) {
    const code = error instanceof Refusal ? error.code : 'UNAVAILABLE';
    if (code === 'WRONG_CREDENTIALS') await begun.failed();
    // A caller who makes the queue longer than the deadline must be counted too.
    else if (code === 'UNAVAILABLE') await begun.undecided();
    else await begun.refused();
    throw error;
  }
};

@Controller()
export class LoginController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(LoginLimits) private readonly limits: LoginLimits,
  ) {}

  @Serves('log-in')
  async logIn(@WireBody(LoginBody) body: LoginBody, @Call() call: ApiCall) {
    const attempt: LoginAttempt = { environmentId: call.environmentId, email: typed(body.email), from: callerAddress(call.request) };
    const begun = await this.limits.begin(attempt, call.reply);
    const sessionId = newKeyId();
    const refreshToken = mintRefreshToken(sessionId).reveal();
    const digests = refreshTokenDigests(call.environmentId, refreshToken);
    if (digests === null) throw new Error('The refresh token just minted does not parse.');
    const session = await counted(
      begun,
      this.rpc.call(
        'directory.log-in',
        { ...digests, email: attempt.email, password: body.password, lockUntilMs: begun.lockUntilMs, address: attempt.from.address },
        call.caller(),
      ),
    );
    setSessionCookies(call.reply, session, refreshToken);
    return { login_state: session.loginState };
  }

  /** The response is the same for a known address: even then it has an id, which is made up. */
  @Serves('sign-up')
  async signUp(@WireBody(SignupBody) body: SignupBody, @Call() call: ApiCall) {
    const from = callerAddress(call.request);
    await this.limits.signUp(from, call.reply);
    const userId = randomUUID();
    await this.rpc.call(
      'directory.sign-up',
      { userId, email: typed(body.email), password: body.password, profile: signedUp(body), address: from.address },
      call.caller(),
    );
    return { login_state: 'LoginRequired' satisfies ReturnType<typeof stateOf>, user_id: userId };
  }

  @Serves('fetch-login-state')
  loginState(@Call() call: ApiCall) {
    return { login_state: stateOf(call) };
  }
}
