import { textAt, V1 } from './backend-api.js';
import type { Call } from '../races/history.js';
import { KeepAliveConnection, type TimedAnswer } from './keep-alive-connection.js';
import { requestText, type Target } from './race-client.js';

/** What a visitor's server or browser holds of a session. */
export interface HeldSession {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const REFUSED_LOGIN_STATE = '{"login_state":"LoginRequired"}';

type Outcome = Call['outcome'];
const undecidedOr = ({ status }: TimedAnswer, outcome: Outcome): Outcome => (status === 503 || status === 502 || status === 0 ? 'undecided' : outcome);

/** Of the frontend's question: does this access token still stand for somebody? */
export const loginStateOutcome = (answer: TimedAnswer): Outcome => {
  if (answer.status !== 200) return undecidedOr(answer, 'unexpected');
  return answer.body === REFUSED_LOGIN_STATE ? 'refused' : 'done';
};

/** Without the access token the refresh token would be looked at, so none is sent. */
export const loginStateText = (target: Target, accessToken: string, host = `127.0.0.1:${String(target.port)}`): string =>
  ['GET /api/fe/v3/login_state HTTP/1.1', `Host: ${host}`, `Cookie: access_token=${accessToken}`, 'X-CSRF-Token: -.-', '', ''].join('\r\n');

/** One client with one connection that has to do with sessions: as a browser, and as the server of a framework that keeps the refresh token itself. */
export class VisitorClient {
  readonly #target: Target;
  readonly #connection: KeepAliveConnection;

  constructor(target: Target, readonly name: string) {
    this.#target = target;
    this.#connection = new KeepAliveConnection(target.port);
  }

  close(): void {
    this.#connection.close();
  }

  /** Whether the access token opens anything; `about`: the session in the history. */
  async shows(accessToken: string, about: string): Promise<Call> {
    const answer = await this.#connection.exchange(loginStateText(this.#target, accessToken));
    return this.#call('validate', about, answer, loginStateOutcome(answer));
  }

  async refresh(refreshToken: string, about: string): Promise<{ readonly call: Call; readonly held: HeldSession | null }> {
    const answer = await this.#ask('POST', `${V1}/refresh_token`, { refresh_token: refreshToken });
    const isOver = answer.status === 400 && answer.body.startsWith('{"refresh_token":');
    const outcome = answer.status === 200 ? 'done' : undecidedOr(answer, isOver ? 'refused' : 'unexpected');
    const call = this.#call('validate', about, answer, outcome);
    if (outcome !== 'done') return { call, held: null };
    const parsed: unknown = JSON.parse(answer.body);
    return { call, held: { refreshToken: textAt(parsed, 'refresh_token'), accessToken: textAt(parsed, 'access_token', 'access_token') } };
  }

  /** Ends sessions: any of the ways there are. */
  async end(path: string, body: unknown, about: string): Promise<Call> {
    const answer = await this.#ask('POST', path, body);
    return this.#call('deny', about, answer, answer.status === 200 ? 'done' : undecidedOr(answer, 'unexpected'));
  }

  logOut(refreshToken: string, about: string): Promise<Call> {
    return this.end(`${V1}/logout`, { refresh_token: refreshToken }, about);
  }

  #ask(method: 'POST', path: string, body: unknown): Promise<TimedAnswer> {
    return this.#connection.exchange(requestText(this.#target, method, path, body));
  }

  #call(op: Call['op'], about: string, { status, body, invokedAt, completedAt }: TimedAnswer, outcome: Outcome): Call {
    const detail = outcome === 'unexpected' ? { detail: `${String(status)} ${body}`.slice(0, 300) } : {};
    return { op, about, by: this.name, outcome, invokedAt, completedAt, ...detail };
  }
}
