import {
  type AckMessage,
  type BarrierAnswer,
  type BarrierQuestion,
  BarrierTransport,
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
import type { Msg } from '@nats-io/transport-node';
import type { NatsLink } from './connection.js';
import type { FenceSeal } from './fence-seal.js';
import { isAck, isFenceAnswer, isJoinAnswer, isPush, isRecordsAnswer, isRenewAnswer } from './fence-shapes.js';
import { fenceSubjects } from './fence-subjects.js';
import { type InboxRoute, isInbox, isNobodyThere } from './own-inbox.js';
import { SealedQuestions } from './sealed-questions.js';

/** One barrier's acknowledgements: its pushes are repeated, and any of them may be the one that is answered. */
interface PushRoute {
  readonly route: InboxRoute;
  onAck: (ack: AckMessage) => void;
}

/** Both sides of the fence over NATS. A node uses the questions and `onPush`, the authority `push` alone; its answers are `serveFence`. */
export class NatsFenceTransport extends FenceTransport {
  readonly #link: NatsLink;
  readonly #seal: FenceSeal;
  readonly #questions: SealedQuestions;
  /** By nonce, until the barrier has ended. */
  readonly #pushes = new Map<string, PushRoute>();

  constructor(link: NatsLink, seal: FenceSeal) {
    super();
    this.#link = link;
    this.#seal = seal;
    this.#questions = new SealedQuestions(link, seal);
  }

  join(question: JoinQuestion, deadlineMs: number): Promise<JoinAnswer> {
    return this.#questions.ask(fenceSubjects.join, question, deadlineMs, isJoinAnswer);
  }

  leave(question: LeaveQuestion, deadlineMs: number): Promise<LeaveAnswer> {
    return this.#questions.ask(fenceSubjects.leave, question, deadlineMs, isFenceAnswer);
  }

  renew(question: RenewQuestion, deadlineMs: number): Promise<RenewAnswer> {
    return this.#questions.ask(fenceSubjects.renew, question, deadlineMs, isRenewAnswer);
  }

  fill(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    return this.#questions.ask(fenceSubjects.fill, question, deadlineMs, isRecordsAnswer);
  }

  strongRead(question: RecordsQuestion, deadlineMs: number): Promise<RecordsAnswer> {
    return this.#questions.ask(fenceSubjects.strongRead, question, deadlineMs, isRecordsAnswer);
  }

  /** While NATS is lost nothing is sent: the barrier repeats its push, and waiting messages would be discarded. */
  push(message: PushMessage, onAck: (ack: AckMessage) => void, ended: AbortSignal): void {
    if (!this.#link.connected || ended.aborted) return;
    const { route } = this.#routeOf(message.nonce, onAck, ended);
    try {
      this.#link.connection.publish(fenceSubjects.push, this.#seal.seal(['push', fenceSubjects.push], message), { reply: route.subject });
    } catch (error) {
      // Like a lost push: the connection is closing, or a message has too many names. The barrier ends with the lease.
      this.#link.report(`A push could not be sent: ${error instanceof Error ? error.message : 'failed'}`);
    }
  }

  onPush(apply: (message: PushMessage) => AckMessage): () => void {
    const subscription = this.#link.subscribe(fenceSubjects.push, null, (message) => this.#pushed(message, apply));
    return () => subscription.unsubscribe();
  }

  #pushed(message: Msg, apply: (message: PushMessage) => AckMessage): void {
    const push = this.#seal.open(['push', fenceSubjects.push], message.data, isPush);
    if (push === null) return;
    // Applied before anything is sent (mutant "ack before apply"), and in the same step: nothing can be validated in between.
    const ack = apply(push);
    if (isInbox(message.reply)) message.respond(this.#seal.seal(['ack', fenceSubjects.push, push.nonce], ack));
  }

  /** One for all pushes of a barrier: its signal takes one listener, not one for each repeat. */
  #routeOf(nonce: string, onAck: (ack: AckMessage) => void, ended: AbortSignal): PushRoute {
    const known = this.#pushes.get(nonce);
    if (known !== undefined) {
      known.onAck = onAck;
      return known;
    }
    const route = this.#link.inbox.open((message) => {
      // No node listens at all: the server's own word, which has no seal.
      if (isNobodyThere(message)) return;
      const ack = this.#seal.open(['ack', fenceSubjects.push, nonce], message.data, isAck);
      if (ack !== null) opened.onAck(ack);
    });
    const opened: PushRoute = { route, onAck };
    this.#pushes.set(nonce, opened);
    ended.addEventListener(
      'abort',
      () => {
        route.close();
        this.#pushes.delete(nonce);
      },
      { once: true },
    );
    return opened;
  }
}

/** For a service that commits changes and is not the authority. */
export class NatsBarrierTransport extends BarrierTransport {
  readonly #questions: SealedQuestions;

  constructor(link: NatsLink, seal: FenceSeal) {
    super();
    this.#questions = new SealedQuestions(link, seal);
  }

  barrier(question: BarrierQuestion, deadlineMs: number): Promise<BarrierAnswer> {
    return this.#questions.ask(fenceSubjects.barrier, question, deadlineMs, isFenceAnswer);
  }
}
