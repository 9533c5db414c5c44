import { type FenceAnswer, type FenceQuestion, FenceUnavailable } from '@app/fence';
import type { NatsLink } from './connection.js';
import type { FenceSeal } from './fence-seal.js';
import { isFenceFailure } from './fence-shapes.js';
import { type InboxRoute, isNobodyThere } from './own-inbox.js';

/** The node's half of the fence's questions. */
export class SealedQuestions {
  readonly #link: NatsLink;
  readonly #seal: FenceSeal;

  constructor(link: NatsLink, seal: FenceSeal) {
    this.#link = link;
    this.#seal = seal;
  }

  /** Rejects with `FenceUnavailable`: at the deadline, and at once while NATS is lost, if no replica listens, or when the replica says that it cannot. */
  ask<Answer extends FenceAnswer>(
    subject: string,
    question: FenceQuestion,
    deadlineMs: number,
    isShaped: (content: unknown) => content is Answer,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.#link.connected) throw new FenceUnavailable('NATS cannot be reached');
      const ended = (): void => {
        clearTimeout(timer);
        route.close();
      };
      const fail = (why: string): void => {
        ended();
        reject(new FenceUnavailable(why));
      };
      const route: InboxRoute = this.#link.inbox.open(
        (message) => {
          if (isNobodyThere(message)) {
            fail('no authority listens');
            return;
          }
          const answer = this.#seal.open(
            ['answer', subject, question.incarnation, question.nonce],
            message.data,
            (content): content is Answer => isFenceFailure(content) || isShaped(content),
          );
          // Not the reply to this question: the right one may still come.
          if (answer === null) return;
          if (isFenceFailure(answer)) {
            fail('the authority could not answer');
            return;
          }
          ended();
          resolve(answer);
        },
        () => fail('the connection to NATS was closed'),
      );
      const timer = setTimeout(() => fail('the authority did not answer in time'), deadlineMs);
      this.#publish(subject, question, route.subject, fail);
    });
  }

  #publish(subject: string, question: FenceQuestion, reply: string, fail: (why: string) => void): void {
    try {
      this.#link.connection.publish(subject, this.#seal.seal(['question', subject], question), { reply });
    } catch {
      fail('the question could not be sent');
    }
  }
}
