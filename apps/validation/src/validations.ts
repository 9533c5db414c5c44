import { FenceUnavailable } from '@app/fence';
import { BODY_LIMIT_BYTES, type RequestLine } from '@app/platform';
import { Logger } from '@nestjs/common';
import { PresentedCall, type TokenOrigin } from './presented-call.js';
import { readTokenBody } from './token-in-body.js';
import type { ValidateKey, ValidationOutcome } from './validate-key.js';
import type { ValidationCounts } from './validation-counts.js';

/** How a validation ended, over HTTP or NATS. */
export type ValidationAnswer =
  | Exclude<ValidationOutcome, { readonly kind: 'malformed' }>
  /** The body names no token, is not JSON, or is larger than the limit; it cannot be decided now; or a fault of ours. */
  | { readonly kind: 'no-token' | 'not-json' | 'too-large' | 'unavailable' | 'failed' };

/** The question of a caller. */
export interface ValidationRequest {
  readonly requestId: string;
  readonly authorization: string | undefined;
  /** Null if the body says it. */
  readonly origin: TokenOrigin | null;
  readonly body: Buffer;
}

const NO_TOKEN: ValidationAnswer = { kind: 'no-token' };
const NOT_JSON: ValidationAnswer = { kind: 'not-json' };
const TOO_LARGE: ValidationAnswer = { kind: 'too-large' };
const UNAVAILABLE: ValidationAnswer = { kind: 'unavailable' };
const FAILED: ValidationAnswer = { kind: 'failed' };

/** The one validation behind HTTP and NATS: it reads the body, asks memory and then the fence, counts, and turns failures into responses. */
export class Validations {
  readonly #validateKey: ValidateKey;
  readonly #counts: ValidationCounts;
  readonly #logger = new Logger('validate');

  constructor(validateKey: ValidateKey, counts: ValidationCounts) {
    this.#validateKey = validateKey;
    this.#counts = counts;
  }

  /** Never throws or rejects. Not a promise if memory has the answer: then it is given in the same step, under the lease of that step. */
  answer({ requestId, authorization, origin, body }: ValidationRequest): ValidationAnswer | Promise<ValidationAnswer> {
    if (body.length > BODY_LIMIT_BYTES) return this.tooLarge();
    const { token, imported, isJson } = readTokenBody(body);
    try {
      const call = new PresentedCall(origin ?? (imported ? 'imported' : 'native'), authorization, token);
      const outcome = this.#validateKey.fromMemory(call);
      return outcome === null ? this.#lookUp(call, isJson, requestId) : this.#counted(outcome, isJson);
    } catch (error) {
      return this.failed(error, requestId);
    }
  }

  /** For a body that is not even read to its end. */
  tooLarge(): ValidationAnswer {
    this.#counts.tooLarge += 1;
    return TOO_LARGE;
  }

  /** Neither a verdict nor a crash: an undecided question is 503, and a fault of ours is 500 and logged. */
  failed(error: unknown, requestId: string): ValidationAnswer {
    if (error instanceof FenceUnavailable) {
      this.#counts.unavailable += 1;
      return UNAVAILABLE;
    }
    this.#counts.failed += 1;
    this.#logger.error({ requestId, text: error instanceof Error ? (error.stack ?? error.message) : 'failed' } satisfies RequestLine);
    return FAILED;
  }

  #lookUp(call: PresentedCall, isJson: boolean, requestId: string): Promise<ValidationAnswer> {
    this.#counts.lookedUp += 1;
    return this.#validateKey
      .lookUp(call)
      .then((outcome) => this.#counted(outcome, isJson))
      .catch((error: unknown) => this.failed(error, requestId));
  }

  #counted(outcome: ValidationOutcome, isJson: boolean): ValidationAnswer {
    this.#counts[outcome.kind] += 1;
    if (outcome.kind !== 'malformed') return outcome;
    return isJson ? NO_TOKEN : NOT_JSON;
  }
}
