import { randomUUID } from 'node:crypto';
import type { ValidateMessage, ValidateReply } from '@app/messages';
import { FenceUnavailable } from '@app/fence';
import type { RequestLine } from '@app/platform';
import { Logger } from '@nestjs/common';
import { PresentedCall } from './presented-call.js';
import { BODY_LIMIT_BYTES } from './request-body.js';
import { NO_JSON, readTokenBody } from './token-in-body.js';
import { type BodyProblem, failedAnswer, type PlainAnswer, refusalAnswer, TOO_LARGE, UNDECIDED } from './validate-answers.js';
import type { ValidationOutcome, ValidateKey } from './validate-key.js';
import type { ValidationCounts } from './validation-counts.js';

/** The validate calls over a message broker: the same question and the same answers as over HTTP. */
export class ValidateMessages {
  readonly #validateKey: ValidateKey;
  readonly #counts: ValidationCounts;
  readonly #logger = new Logger('validate');

  constructor(validateKey: ValidateKey, counts: ValidationCounts) {
    this.#validateKey = validateKey;
    this.#counts = counts;
  }

  /** Never rejects. Not a promise where memory has the answer: then it is given in the step that looked. */
  answer({ authorization, requestId: given, body }: ValidateMessage): ValidateReply | Promise<ValidateReply> {
    const requestId = given ?? randomUUID();
    if (body.length > BODY_LIMIT_BYTES) {
      this.#counts.tooLarge += 1;
      return replyOf(TOO_LARGE, requestId);
    }
    const { token, imported } = readTokenBody(body);
    const problem = token === NO_JSON ? 'no-json' : 'no-token';
    try {
      const call = new PresentedCall(imported ? 'imported' : 'native', authorization, typeof token === 'string' ? token : null);
      const outcome = this.#validateKey.fromMemory(call);
      if (outcome !== null) return this.#reply(outcome, problem, requestId);
      this.#counts.lookedUp += 1;
      return this.#validateKey
        .lookUp(call)
        .then((found) => this.#reply(found, problem, requestId))
        .catch((error: unknown) => this.#fail(error, requestId));
    } catch (error) {
      return this.#fail(error, requestId);
    }
  }

  #reply(outcome: ValidationOutcome, problem: BodyProblem, requestId: string): ValidateReply {
    this.#counts[outcome.kind] += 1;
    if (outcome.kind !== 'valid') return replyOf(refusalAnswer(outcome, problem), requestId);
    return { status: 200, requestId, retryAfter: null, body: Buffer.from(outcome.body.latin1, 'latin1') };
  }

  #fail(error: unknown, requestId: string): ValidateReply {
    if (error instanceof FenceUnavailable) {
      this.#counts.unavailable += 1;
      return replyOf(UNDECIDED, requestId);
    }
    this.#counts.failed += 1;
    this.#logger.error({ requestId, text: error instanceof Error ? (error.stack ?? error.message) : 'failed' } satisfies RequestLine);
    return replyOf(failedAnswer(requestId), requestId);
  }
}

const replyOf = ({ status, body, retryAfter }: PlainAnswer, requestId: string): ValidateReply => ({ status, requestId, retryAfter: retryAfter ?? null, body });
