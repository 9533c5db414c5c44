import type { ServerResponse } from 'node:http';
import type { PreparedAnswer } from '@app/fence';
import type { ValidationOutcome } from './validate-key.js';

const JSON_TYPE = 'application/json; charset=utf-8';
/** Errors that are no 400 and no 429 must not be JSON: the Rust client takes any JSON object for a bad request. */
const TEXT_TYPE = 'text/plain; charset=utf-8';
const RETRY_AFTER_SECONDS = '1';

/** The field's value is a sentence here and not an array of them: the Rust client reads nothing else from a validation. */
const tokenProblem = (sentence: string): string => JSON.stringify({ api_key_token: sentence });
const INVALID_TOKEN = tokenProblem('This API key is not valid.');
const NO_TOKEN = tokenProblem('Give the API key as text in api_key_token.');
const NO_JSON = JSON.stringify({ body: ['This is not valid JSON in UTF-8.'] });

/** Why a body names no token. */
export type BodyProblem = 'no-json' | 'no-token';

/** An answer that is not `valid`, as every way to ask gives it. All sentences in here are ASCII. */
export interface PlainAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
  readonly retryAfter?: string;
}

const UNAUTHORIZED: PlainAnswer = { status: 401, type: null, body: '' };
const FORBIDDEN: PlainAnswer = { status: 403, type: null, body: '' };
const INVALID: PlainAnswer = { status: 400, type: JSON_TYPE, body: INVALID_TOKEN };
const WITHOUT_TOKEN: PlainAnswer = { status: 400, type: JSON_TYPE, body: NO_TOKEN };
const WITHOUT_JSON: PlainAnswer = { status: 400, type: JSON_TYPE, body: NO_JSON };
export const TOO_LARGE: PlainAnswer = { status: 413, type: TEXT_TYPE, body: 'The body is larger than 64 KiB.' };
export const UNDECIDED: PlainAnswer = {
  status: 503,
  type: TEXT_TYPE,
  body: 'Undecided: this key could not be checked now. Try again.',
  retryAfter: RETRY_AFTER_SECONDS,
};
export const failedAnswer = (requestId: string): PlainAnswer => ({
  status: 500,
  type: TEXT_TYPE,
  body: `The validation failed. Its request id is ${requestId}.`,
});

export const refusalAnswer = (outcome: Exclude<ValidationOutcome, { readonly kind: 'valid' }>, problem: BodyProblem): PlainAnswer => {
  switch (outcome.kind) {
    case 'invalid':
      return INVALID;
    case 'malformed':
      return problem === 'no-json' ? WITHOUT_JSON : WITHOUT_TOKEN;
    case 'limited':
      return limitedAnswer(outcome.waitMs);
    case 'unauthorized':
      return UNAUTHORIZED;
    case 'forbidden':
      return FORBIDDEN;
  }
};

const limitedAnswer = (waitMs: number): PlainAnswer => {
  const seconds = Math.ceil(waitMs) / 1_000;
  const wait = `Rate limit exceeded. Please wait ${Math.ceil(seconds)} seconds before trying again.`;
  // Written by hand: the number must be a float for clients with strict types, and JSON.stringify would write 58, not 58.0.
  const body = `{"wait_seconds":${seconds.toFixed(3)},"user_facing_error":${JSON.stringify(wait)},"error_code":"rate_limit_exceeded"}`;
  return { status: 429, type: JSON_TYPE, body, retryAfter: String(Math.ceil(seconds)) };
};

/**
 * Every answer of the two calls over HTTP: one `writeHead` with its headers ready, one write.
 * No Cache-Control: without a lifetime of its own, no cache may keep the answer to a POST (RFC 9110, 9.3.3), and each header costs on this path.
 */
export class ValidateAnswers {
  /** The process is about to end: each connection ends with its next answer. */
  closing = false;

  outcome(response: ServerResponse, requestId: string, outcome: ValidationOutcome, problem: BodyProblem): void {
    if (outcome.kind === 'valid') this.#valid(response, requestId, outcome.body);
    else this.#write(response, requestId, refusalAnswer(outcome, problem));
  }

  tooLarge(response: ServerResponse, requestId: string): void {
    this.#write(response, requestId, TOO_LARGE, true);
  }

  unavailable(response: ServerResponse, requestId: string): void {
    this.#write(response, requestId, UNDECIDED);
  }

  failed(response: ServerResponse, requestId: string): void {
    this.#write(response, requestId, failedAnswer(requestId));
  }

  #valid(response: ServerResponse, requestId: string, body: PreparedAnswer): void {
    const headers = ['Content-Type', JSON_TYPE, 'Content-Length', body.byteLength, 'X-Request-Id', requestId];
    if (this.closing) headers.push('Connection', 'close');
    response.writeHead(200, headers);
    endInOneWrite(response, body.latin1);
  }

  #write(response: ServerResponse, requestId: string, { status, type, body, retryAfter }: PlainAnswer, close = this.closing): void {
    const headers = ['Content-Length', String(body.length), 'X-Request-Id', requestId];
    if (retryAfter !== undefined) headers.push('Retry-After', retryAfter);
    if (type !== null) headers.push('Content-Type', type);
    if (close) headers.push('Connection', 'close');
    response.writeHead(status, headers);
    if (body === '') response.end();
    else endInOneWrite(response, body);
  }
}

/**
 * As one-byte text the body is joined with the head, and uncorked before the end it leaves in one plain write; `end(body)` would
 * write head, body and an empty chunk as a vector. Worth some percent of the throughput.
 */
const endInOneWrite = (response: ServerResponse, latin1: string): void => {
  response.write(latin1, 'latin1');
  response.socket?.uncork();
  response.end();
};
