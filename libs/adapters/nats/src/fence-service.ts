import { type FenceAnswer, type FenceAuthorityHandlers, type FenceQuestion, FenceUnavailable } from '@app/fence';
import { type AnsweredSubject, AnsweredSubjects } from './answered-subject.js';
import { errorText, type NatsLink } from './connection.js';
import type { FenceSeal } from './fence-seal.js';
import { type FenceFailure, isBarrierQuestion, isFenceQuestion, isRecordsQuestion, isRenewQuestion } from './fence-shapes.js';
import { FENCE_QUEUE, fenceSubjects } from './fence-subjects.js';

/** The authority's half of the fence's questions. A question without a seal gets no reply; one that fails gets a sealed reply, so that the node need not wait. */
class FenceQuestions {
  readonly #link: NatsLink;
  readonly #seal: FenceSeal;

  constructor(link: NatsLink, seal: FenceSeal) {
    this.#link = link;
    this.#seal = seal;
  }

  on<Question extends FenceQuestion>(
    subject: string,
    isShaped: (content: unknown) => content is Question,
    handle: (question: Question) => Promise<FenceAnswer>,
  ): AnsweredSubject {
    const open = (message: Uint8Array): Question | null => this.#seal.open(['question', subject], message, isShaped);
    const sealed = (question: Question, answer: FenceAnswer | FenceFailure): Uint8Array =>
      this.#seal.seal(['answer', subject, question.incarnation, question.nonce], answer);
    const failed = (question: Question): Uint8Array => sealed(question, { nonce: question.nonce, failed: true });
    return {
      subject,
      queue: FENCE_QUEUE,
      answer: async ({ data }) => {
        const question = open(data);
        if (question === null) return null;
        try {
          return sealed(question, await handle(question));
        } catch (error) {
          // It is not a fault that the service is starting or stopping.
          if (!(error instanceof FenceUnavailable)) this.#link.report(`${subject} failed: ${errorText(error)}`);
          return failed(question);
        }
      },
      failure: ({ data }) => {
        const question = open(data);
        return question === null ? null : failed(question);
      },
    };
  }
}

/** One replica of the authority begins to answer. `stop` it before the authority, so that others are asked instead. */
export const serveFence = (link: NatsLink, authority: FenceAuthorityHandlers, seal: FenceSeal): AnsweredSubjects => {
  const questions = new FenceQuestions(link, seal);
  return new AnsweredSubjects(link, [
    questions.on(fenceSubjects.join, isFenceQuestion, (question) => authority.join(question)),
    questions.on(fenceSubjects.leave, isFenceQuestion, (question) => authority.leave(question)),
    questions.on(fenceSubjects.renew, isRenewQuestion, (question) => authority.renew(question)),
    questions.on(fenceSubjects.fill, isRecordsQuestion, (question) => authority.fill(question)),
    questions.on(fenceSubjects.strongRead, isRecordsQuestion, (question) => authority.strongRead(question)),
    questions.on(fenceSubjects.barrier, isBarrierQuestion, async ({ nonce, pos, names }) => {
      await authority.barrier(pos, names);
      return { nonce };
    }),
  ]);
};
