import type { Clock } from '@app/ports';
import {
  type AckMessage,
  FenceTransport,
  type JoinAnswer,
  type JoinQuestion,
  type LeaveAnswer,
  type LeaveQuestion,
  type PushMessage,
  type RecordsAnswer,
  type RecordsQuestion,
  type RenewAnswer,
  type RenewQuestion,
} from '@app/fence';

export type Carried = 'join' | 'leave' | 'renew' | 'fill' | 'strongRead' | 'push' | 'ack';

/** One node's connection: loses what it is told to lose, and holds answers back until they are let go. */
export class FaultyTransport extends FenceTransport {
  readonly lost = new Set<Carried>();
  readonly asked: Carried[] = [];
  readonly #inner: FenceTransport;
  readonly #clock: Clock;
  readonly #gates = new Map<Carried, Promise<void>>();

  constructor(inner: FenceTransport, clock: Clock) {
    super();
    this.#inner = inner;
    this.#clock = clock;
  }

  /** Questions asked from now on reach the authority, but their answers wait for the returned function. */
  hold(kind: Carried): () => void {
    let release: () => void = () => {};
    this.#gates.set(kind, new Promise((resolve) => (release = resolve)));
    return () => {
      this.#gates.delete(kind);
      release();
    };
  }

  cut(): void {
    for (const kind of ['join', 'leave', 'renew', 'fill', 'strongRead', 'push', 'ack'] as const) this.lost.add(kind);
  }

  mend(): void {
    this.lost.clear();
  }

  join(question: JoinQuestion, deadlineMs: number): Promise<JoinAnswer> {
    return this.#carry('join', () => this.#inner.join(question, deadlineMs), deadlineMs);
  }
  leave(question: LeaveQuestion, deadlineMs: number): Promise<LeaveAnswer> {
    return this.#carry('leave', () => this.#inner.leave(question, deadlineMs), deadlineMs);
  }
  renew(question: RenewQuestion, deadlineMs: number): Promise<RenewAnswer> {
    return this.#carry('renew', () => this.#inner.renew(question, deadlineMs), deadlineMs);
  }
  fill(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    return this.#carry('fill', () => this.#inner.fill(question, deadlineMs), deadlineMs);
  }
  strongRead(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    return this.#carry('strongRead', () => this.#inner.strongRead(question, deadlineMs), deadlineMs);
  }

  push(message: PushMessage, onAck: (ack: AckMessage) => void, ended: AbortSignal): void {
    this.#inner.push(message, onAck, ended);
  }

  onPush(apply: (message: PushMessage) => AckMessage): () => void {
    return this.#inner.onPush((message) => {
      if (this.lost.has('push')) return { incarnation: 'nobody', nonce: message.nonce };
      const ack = apply(message);
      return this.lost.has('ack') ? { incarnation: 'nobody', nonce: message.nonce } : ack;
    });
  }

  async #carry<Answer>(kind: Carried, ask: () => Promise<Answer>, deadlineMs: number): Promise<Answer> {
    this.asked.push(kind);
    const gate = this.#gates.get(kind);
    if (!this.lost.has(kind)) {
      const answer = await ask();
      await gate;
      if (!this.lost.has(kind)) return answer;
    }
    await this.#clock.sleep(deadlineMs);
    throw new Error(`${kind} was lost.`);
  }
}
