import { type FenceRecordState, Refusal, type SessionState, tags, type UserState } from '@app/domain';
import type { AccessTokenClaims } from '@app/directory/access-tokens/access-token-claims.js';
import { FenceRecords } from '@app/gateway/entry/fence-records.js';
import { type ClaimedSession, sessionUser } from '@app/gateway/entry/session-user.js';
import type { Begun, History } from './history.js';
import type { NodeProcess } from './processes.js';
import type { Truth } from './truth.js';
import type { Browser } from './visits.js';
import { ENV, HOSTS } from './world-start.js';

interface SurroundingWorld {
  readonly truth: Truth;
  readonly history: History;
}
type Token = ClaimedSession & { readonly sessionId: string };
type OnEnd = (answered: boolean) => void;

const isUnavailable = (error: unknown): boolean => error instanceof Refusal && error.code === 'UNAVAILABLE';
const goesOn = (user: UserState | null, session: SessionState | null): boolean =>
  session !== null && session.ended === null && user !== null && !user.deleted && !user.blocked && user.sessionEpoch === session.sessionEpoch;

/** Who logs in, with every access token that they were given: each is shown to all nodes until the end, and so is every host asked for. */
export class EndUsers {
  readonly browsers: Browser[] = [];
  readonly tokens: Token[] = [];
  /** A schedule without visits stays what it would be without this file. */
  expected = false;
  readonly #world: SurroundingWorld;

  constructor(world: SurroundingWorld) {
    this.#world = world;
  }

  given({ user_id: userId, sid: sessionId, session_epoch: sessionEpoch }: AccessTokenClaims): void {
    if (sessionId !== undefined) this.tokens.push({ userId, sessionId, sessionEpoch });
  }

  /** The product's own look at the records, by the node of a gateway. `begun`: when the client asked. */
  show(begun: Begun, process: NodeProcess, token: Token, onEnd: OnEnd = () => {}): void {
    const who = process.life.machine.name;
    this.#answered(who, sessionUser(new FenceRecords(process.node), ENV, token), (user) => this.#checkToken(begun, token, user !== null, who), onEnd);
  }

  askHost(begun: Begun, process: NodeProcess, host: string, onEnd: OnEnd = () => {}): void {
    const who = process.life.machine.name;
    const look = (record: FenceRecordState | null): void => this.#checkHost(begun, host, record?.kind === 'host' ? record.environmentId : null, who);
    this.#answered(who, new FenceRecords(process.node).byName(tags.authHost(host)), look, onEnd);
  }

  askAll(begun: Begun, process: NodeProcess): void {
    if (!this.expected) return;
    for (const token of this.tokens) this.show(begun, process, token);
    for (const host of HOSTS) this.askHost(begun, process, host);
  }

  /** Whatever is in memory: no message is sent for it. */
  askMemory(begun: Begun, process: NodeProcess): void {
    if (!this.expected) return;
    const { node } = process;
    for (const token of this.tokens)
      if (node.recordHit(tags.user(token.userId)) !== null && node.recordHit(tags.session(token.sessionId)) !== null) this.show(begun, process, token);
    for (const host of HOSTS) if (node.recordHit(tags.authHost(host)) !== null) this.askHost(begun, process, host);
  }

  #answered<Answer>(who: string, question: Promise<Answer>, check: (answer: Answer) => void, onEnd: OnEnd): void {
    const { history } = this.#world;
    question.then(
      (answer) => {
        history.answers += 1;
        check(answer);
        onEnd(true);
      },
      (error: unknown) => {
        history.undecided += 1;
        if (!isUnavailable(error)) history.violation('I11', `${who} was undecided about an end user and threw ${String(error)}`);
        onEnd(false);
      },
    );
  }

  /** Neither what ends a session nor an epoch is taken back: one that is over at the newest position may count as over forever, never the reverse. */
  #checkToken({ acknowledged }: Begun, { userId, sessionId }: Token, isGood: boolean, who: string): void {
    const { truth, history } = this.#world;
    const [user, session] = [tags.user(userId), tags.session(sessionId)];
    if (!isGood) {
      const isOn = goesOn(truth.stateAt(user, truth.head) as UserState | null, truth.stateAt(session, truth.head) as SessionState | null);
      if (isOn) history.violation('I1', `${who} refuses a token of ${sessionId}, which goes on`);
      return;
    }
    const since = <State>(name: string): readonly State[] => {
      const versions = truth.versions(name);
      return versions.filter((_, index) => (versions[index + 1]?.pos ?? Infinity) > (acknowledged.get(name) ?? 0)).map(({ state }) => state as State);
    };
    const sessions = since<SessionState>(session);
    const wasGood = since<UserState>(user).some((one) => sessions.some((other) => goesOn(one, other)));
    if (!wasGood) history.violation('I1', `${who} takes a token of ${sessionId} of ${userId}, whose end was acknowledged`);
  }

  #checkHost({ acknowledged }: Begun, host: string, environmentId: string | null, who: string): void {
    const { truth, history } = this.#world;
    const name = tags.authHost(host);
    for (let pos = acknowledged.get(name) ?? 0; pos <= truth.head; pos += 1) {
      if ((truth.stateAt(name, pos) as { readonly holder: string | null }).holder === environmentId) return;
    }
    history.violation('I1', `${who} says ${host} is ${environmentId ?? 'nobody'}'s, as it was before ${acknowledged.get(name) ?? 0}`);
  }
}
