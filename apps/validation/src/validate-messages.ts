import { randomUUID } from 'node:crypto';
import type { ValidateMessage, ValidateReply } from '@app/messages';
import { plainAnswer } from './validate-answers.js';
import type { ValidationAnswer, Validations } from './validations.js';

/** The validate calls over a message broker: the same question and the same answers as over HTTP. */
export class ValidateMessages {
  readonly #validations: Validations;

  constructor(validations: Validations) {
    this.#validations = validations;
  }

  /** Never rejects. Not a promise if memory has the answer: then the reply is given in the same step. */
  answer({ authorization, requestId: given, body }: ValidateMessage): ValidateReply | Promise<ValidateReply> {
    const requestId = given ?? randomUUID();
    const answer = this.#validations.answer({ requestId, authorization, origin: null, body });
    return answer instanceof Promise ? answer.then((late) => replyOf(late, requestId)) : replyOf(answer, requestId);
  }
}

const replyOf = (answer: ValidationAnswer, requestId: string): ValidateReply => {
  if (answer.kind === 'valid') return { status: 200, requestId, retryAfter: null, body: Buffer.from(answer.body.latin1, 'latin1') };
  const { status, body, retryAfter } = plainAnswer(answer);
  return { status, requestId, retryAfter: retryAfter ?? null, body };
};
