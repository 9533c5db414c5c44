import type { Clock } from '@app/ports';
import { FenceUnavailable } from './fence-errors.js';
import type {
  AckMessage,
  JoinAnswer,
  JoinQuestion,
  LeaveAnswer,
  LeaveQuestion,
  PushMessage,
  RecordsAnswer,
  RecordsQuestion,
  RenewAnswer,
  RenewQuestion,
} from './messages.js';
import { type FenceAuthorityHandlers, FenceTransport } from './transport.js';

/** Copies through JSON both ways, so that this mode cannot carry anything that a network could not. */
const overJson = <Message>(message: Message): Message => JSON.parse(JSON.stringify(message)) as Message;

/** Node and authority in one process. */
export class InProcessFenceTransport extends FenceTransport {
  /** Both read the same log; a strong read only probes the head first. */
  override readonly fillsAreCheaper = false;

  readonly #clock: Clock;
  readonly #nodes = new Set<(message: PushMessage) => AckMessage>();
  #authority: FenceAuthorityHandlers | null = null;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  /** The authority itself needs this transport for its pushes: it is connected after both exist. */
  connect(authority: FenceAuthorityHandlers): void {
    this.#authority = authority;
  }

  join(question: JoinQuestion, deadlineMs: number): Promise<JoinAnswer> {
    return this.#ask((authority) => authority.join(overJson(question)), deadlineMs);
  }

  leave(question: LeaveQuestion, deadlineMs: number): Promise<LeaveAnswer> {
    return this.#ask((authority) => authority.leave(overJson(question)), deadlineMs);
  }

  renew(question: RenewQuestion, deadlineMs: number): Promise<RenewAnswer> {
    return this.#ask((authority) => authority.renew(overJson(question)), deadlineMs);
  }

  fill(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    return this.#ask((authority) => authority.fill(overJson(question)), deadlineMs);
  }

  strongRead(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    return this.#ask((authority) => authority.strongRead(overJson(question)), deadlineMs);
  }

  push(message: PushMessage, onAck: (ack: AckMessage) => void, ended: AbortSignal): void {
    for (const apply of this.#nodes) {
      const ack = apply(overJson(message));
      if (!ended.aborted) onAck(overJson(ack));
    }
  }

  onPush(apply: (message: PushMessage) => AckMessage): () => void {
    this.#nodes.add(apply);
    return () => this.#nodes.delete(apply);
  }

  async #ask<Answer>(question: (authority: FenceAuthorityHandlers) => Promise<Answer>, deadlineMs: number): Promise<Answer> {
    const authority = this.#authority;
    if (authority === null) throw new FenceUnavailable('the authority is starting');
    const answer = question(authority);
    const answered = new AbortController();
    const late = this.#clock.sleep(deadlineMs, answered.signal).then(() => {
      // Over in time: no caller looks at this promise any more, and an error that is never read would cost more than the answer.
      if (answered.signal.aborted) return answer;
      throw new FenceUnavailable('the authority did not answer in time');
    });
    try {
      return overJson(await Promise.race([answer, late]));
    } finally {
      // Ends the sleep. With a reason, because without one an error is made.
      answered.abort(null);
    }
  }
}
