import { textAt, V1 } from '@test/support/clients/backend-api.js';
import type { SessionTokens } from '@test/support/clients/browser-session.js';
import { ConnectedBackendApi, hostOf, type Target } from '@test/support/clients/connected-backend-api.js';
import { requestText, type TimedAnswer } from '@test/support/clients/http-connection.js';
import type { Call } from '@test/support/races/history.js';

const REFUSED_LOGIN_STATE = '{"login_state":"LoginRequired"}';

type Outcome = Call['outcome'];
const undecidedOr = ({ status }: TimedAnswer, outcome: Outcome): Outcome => (status === 503 || status === 502 || status === 0 ? 'undecided' : outcome);

/** Of the frontend's question: does this access token still open a session? */
const loginStateOutcome = (answer: TimedAnswer): Outcome => {
  if (answer.status !== 200) return undecidedOr(answer, 'unexpected');
  return answer.text === REFUSED_LOGIN_STATE ? 'refused' : 'done';
};

/** Without the access token the refresh token would be looked at, so none is sent. */
const loginStateRequest = (target: Target, accessToken: string): string =>
  requestText({
    method: 'GET',
    path: '/api/fe/v3/login_state',
    headers: { host: hostOf(target), cookie: `access_token=${accessToken}`, 'x-csrf-token': '-.-' },
  });

/** One client with one connection that has to do with sessions: as a browser, and as the server of a framework that keeps the refresh token itself. */
export class EndUserClient extends ConnectedBackendApi {
  constructor(
    target: Target,
    readonly name: string,
  ) {
    super(target);
  }

  /** Whether the access token opens anything; `about`: the session in the history. */
  async shows(accessToken: string, about: string): Promise<Call> {
    const answer = await this.connection.exchange(loginStateRequest(this.target, accessToken));
    return this.#toCall('validate', about, answer, loginStateOutcome(answer));
  }

  async refresh(refreshToken: string, about: string): Promise<{ readonly call: Call; readonly held: SessionTokens | null }> {
    const answer = await this.call('POST', `${V1}/refresh_token`, { refresh_token: refreshToken });
    const isOver = answer.status === 400 && answer.text.startsWith('{"refresh_token":');
    const outcome = answer.status === 200 ? 'done' : undecidedOr(answer, isOver ? 'refused' : 'unexpected');
    const call = this.#toCall('validate', about, answer, outcome);
    if (outcome !== 'done') return { call, held: null };
    const parsed: unknown = JSON.parse(answer.text);
    return { call, held: { refreshToken: textAt(parsed, 'refresh_token'), accessToken: textAt(parsed, 'access_token', 'access_token') } };
  }

  /** Ends sessions: any of the ways there are. */
  async end(path: string, body: unknown, about: string): Promise<Call> {
    const answer = await this.call('POST', path, body);
    return this.#toCall('deny', about, answer, answer.status === 200 ? 'done' : undecidedOr(answer, 'unexpected'));
  }

  logOut(refreshToken: string, about: string): Promise<Call> {
    return this.end(`${V1}/logout`, { refresh_token: refreshToken }, about);
  }

  #toCall(op: Call['op'], about: string, { status, text, invokedAt, completedAt }: TimedAnswer, outcome: Outcome): Call {
    const detail = outcome === 'unexpected' ? { detail: `${String(status)} ${text}`.slice(0, 300) } : {};
    return { op, about, by: this.name, outcome, invokedAt, completedAt, ...detail };
  }
}
