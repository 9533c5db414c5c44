import type { ServerResponse } from 'node:http';
import { type RawHandler, type RawRoutes, receiveBody } from '@app/platform';
import type { TokenOrigin } from './presented-call.js';
import { RequestIds } from './request-ids.js';
import { ValidateAnswers } from './validate-answers.js';
import type { ValidationAnswer, ValidationRequest, Validations } from './validations.js';

const KEYS_PATH = '/api/backend/v1/end_user_api_keys';

/** The two validate calls over HTTP, without the web framework. */
export class ValidateRoute {
  readonly #validations: Validations;
  readonly #requestIds = new RequestIds();
  readonly #answers = new ValidateAnswers();

  constructor(validations: Validations) {
    this.#validations = validations;
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

  /** From now on every response closes its connection, so that the server can stop although callers keep theirs alive. */
  closeConnections(): void {
    this.#answers.closing = true;
  }

  handler(origin: TokenOrigin): RawHandler {
    return (request, response) => {
      const requestId = this.#requestIds.of(request);
      receiveBody(request, {
        received: (body) => this.#validate({ requestId, authorization: request.headers.authorization, origin, body }, response),
        tooLarge: () => this.#answers.write(response, requestId, this.#validations.tooLarge()),
      });
    };
  }

  #validate(asked: ValidationRequest, response: ServerResponse): void {
    const answer = this.#validations.answer(asked);
    if (answer instanceof Promise) void answer.then((late) => this.#write(response, asked.requestId, late));
    else this.#write(response, asked.requestId, answer);
  }

  #write(response: ServerResponse, requestId: string, answer: ValidationAnswer): void {
    try {
      this.#answers.write(response, requestId, answer);
    } catch (error) {
      const failed = this.#validations.failed(error, requestId);
      if (response.headersSent) response.destroy();
      else this.#answers.write(response, requestId, failed);
    }
  }
}
