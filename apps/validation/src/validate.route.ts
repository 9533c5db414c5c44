import type { IncomingMessage, ServerResponse } from 'node:http';
import { FenceUnavailable } from '@app/fence';
import type { RawHandler, RawRoutes, RequestLine } from '@app/platform';
import { Logger } from '@nestjs/common';
import { PresentedCall, type TokenOrigin } from './presented-call.js';
import { receiveBody } from './request-body.js';
import { RequestIds } from './request-ids.js';
import { NO_JSON, readTokenBody } from './token-in-body.js';
import { type BodyProblem, ValidateAnswers } from './validate-answers.js';
import type { ValidationOutcome, ValidateKey } from './validate-key.js';
import type { ValidationCounts } from './validation-counts.js';

const KEYS_PATH = '/api/backend/v1/end_user_api_keys';

/** One request on its way: what is needed to answer it, whenever that is. */
interface Exchange {
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly problem: BodyProblem;
}

/** The two validate calls over HTTP, beside the web framework. */
export class ValidateRoute {
  readonly #validateKey: ValidateKey;
  readonly #counts: ValidationCounts;
  readonly #requestIds = new RequestIds();
  readonly #answers = new ValidateAnswers();
  readonly #logger = new Logger('validate');

  constructor(validateKey: ValidateKey, counts: ValidationCounts) {
    this.#validateKey = validateKey;
    this.#counts = counts;
  }

  /** Both with and without a trailing slash: a redirected POST would become a GET. */
  mount(routes: RawRoutes): void {
    for (const [name, origin] of [
      ['validate', 'native'],
      ['validate_imported', 'imported'],
    ] as const) {
      const handler = this.handler(origin);
      routes.set(`${KEYS_PATH}/${name}`, handler);
      routes.set(`${KEYS_PATH}/${name}/`, handler);
    }
  }

  /** From now on every answer ends its connection, so that the server can close while callers keep theirs alive. */
  closeConnections(): void {
    this.#answers.closing = true;
  }

  handler(origin: TokenOrigin): RawHandler {
    return (request, response) => {
      const requestId = this.#requestIds.of(request);
      receiveBody(request, {
        received: (body) => this.#validate(request, response, requestId, origin, body),
        tooLarge: () => {
          this.#counts.tooLarge += 1;
          this.#answers.tooLarge(response, requestId);
        },
      });
    };
  }

  #validate(request: IncomingMessage, response: ServerResponse, requestId: string, origin: TokenOrigin, body: Buffer): void {
    const { token } = readTokenBody(body);
    const exchange: Exchange = { response, requestId, problem: token === NO_JSON ? 'no-json' : 'no-token' };
    try {
      const call = new PresentedCall(origin, request.headers.authorization, typeof token === 'string' ? token : null);
      const outcome = this.#validateKey.fromMemory(call);
      if (outcome === null) this.#lookUp(exchange, call);
      else this.#answer(exchange, outcome);
    } catch (error) {
      this.#fail(exchange, error);
    }
  }

  #lookUp(exchange: Exchange, call: PresentedCall): void {
    this.#counts.lookedUp += 1;
    this.#validateKey
      .lookUp(call)
      .then((outcome) => this.#answer(exchange, outcome))
      .catch((error: unknown) => this.#fail(exchange, error));
  }

  #answer({ response, requestId, problem }: Exchange, outcome: ValidationOutcome): void {
    this.#counts[outcome.kind] += 1;
    this.#answers.outcome(response, requestId, outcome, problem);
  }

  /** Neither a verdict nor a crash: undecided is 503, a fault of ours is 500 and logged. */
  #fail({ response, requestId }: Exchange, error: unknown): void {
    if (error instanceof FenceUnavailable) {
      this.#counts.unavailable += 1;
      return this.#answers.unavailable(response, requestId);
    }
    this.#counts.failed += 1;
    const text = error instanceof Error ? (error.stack ?? error.message) : 'failed';
    this.#logger.error({ requestId, text } satisfies RequestLine);
    if (response.headersSent) response.destroy();
    else this.#answers.failed(response, requestId);
  }
}
