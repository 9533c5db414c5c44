import type { ServerResponse } from 'node:http';
import type { PreparedAnswer } from '@app/fence';
import { WIRE_SENTENCES } from '@app/http-api';
import type { ValidationAnswer } from './validations.js';

const JSON_TYPE = 'application/json; charset=utf-8';
/** Errors other than 400 and 429 must not be JSON: the Rust client takes any JSON object for a bad request. */
const TEXT_TYPE = 'text/plain; charset=utf-8';
const RETRY_AFTER_SECONDS = '1';

/** Here the field's value is a sentence, not an array: the Rust client reads nothing else from a validation. */
const tokenProblem = (sentence: string): string => JSON.stringify({ api_key_token: sentence });
const INVALID_TOKEN = tokenProblem('This API key is not valid.');
const NO_TOKEN = tokenProblem('api_key_token must be the API key as text.');
const NOT_JSON = JSON.stringify({ body: [WIRE_SENTENCES.notJson] });

/** An answer other than `valid`, for HTTP and NATS. All sentences in it are ASCII. */
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
const WITHOUT_JSON: PlainAnswer = { status: 400, type: JSON_TYPE, body: NOT_JSON };
const TOO_LARGE: PlainAnswer = { status: 413, type: TEXT_TYPE, body: WIRE_SENTENCES.tooLarge };
const UNDECIDED: PlainAnswer = { status: 503, type: TEXT_TYPE, body: WIRE_SENTENCES.undecided, retryAfter: RETRY_AFTER_SECONDS };
const FAILED: PlainAnswer = { status: 500, type: TEXT_TYPE, body: WIRE_SENTENCES.fault };

export const plainAnswer = (answer: Exclude<ValidationAnswer, { readonly kind: 'valid' }>): PlainAnswer => {
  switch (answer.kind) {
    case 'invalid':
      return INVALID;
    case 'no-token':
      return WITHOUT_TOKEN;
    case 'not-json':
      return WITHOUT_JSON;
    case 'limited':
      return limitedAnswer(answer.waitMs);
    case 'unauthorized':
      return UNAUTHORIZED;
    case 'forbidden':
      return FORBIDDEN;
    case 'too-large':
      return TOO_LARGE;
    case 'unavailable':
      return UNDECIDED;
    case 'failed':
      return FAILED;
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
 * Every response of the two calls over HTTP: one `writeHead` with prepared headers, one write.
 * No Cache-Control: without a lifetime of its own, no cache may keep the answer to a POST (RFC 9110, 9.3.3), and each header costs on this path.
 */
export class ValidateAnswers {
  /** The process is about to stop: each connection closes after its next response. */
  closing = false;

  write(response: ServerResponse, requestId: string, answer: ValidationAnswer): void {
    if (answer.kind === 'valid') this.#valid(response, requestId, answer.body);
    // Bytes of a body that is too large may still come: the connection cannot be used again.
    else this.#plain(response, requestId, plainAnswer(answer), this.closing || answer.kind === 'too-large');
  }

  #valid(response: ServerResponse, requestId: string, body: PreparedAnswer): void {
    const headers = ['Content-Type', JSON_TYPE, 'Content-Length', body.byteLength, 'X-Request-Id', requestId];
    if (this.closing) headers.push('Connection', 'close');
    response.writeHead(200, headers);
    endInOneWrite(response, body.latin1);
  }

  #plain(response: ServerResponse, requestId: string, { status, type, body, retryAfter }: PlainAnswer, close: boolean): void {
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
 * As one-byte text the body is joined with the headers and, uncorked before the end, leaves in one plain write; `end(body)` would
 * write headers, body and an empty chunk as a vector. This gains a few percent of throughput.
 */
const endInOneWrite = (response: ServerResponse, latin1: string): void => {
  response.write(latin1, 'latin1');
  response.socket?.uncork();
  response.end();
};
