import type { ServerResponse } from 'node:http';
import type { PreparedAnswer } from '@app/fence';
import type { Outcome } from './validate-key.js';

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

/**
 * Every answer of the two calls: one `writeHead` with its headers ready, one write. All sentences in here are ASCII.
 * No Cache-Control: without a lifetime of its own, no cache may keep the answer to a POST (RFC 9110, 9.3.3), and each header costs on this path.
 */
export class ValidateAnswers {
  /** The process is about to end: each connection ends with its next answer. */
  closing = false;

  outcome(response: ServerResponse, requestId: string, outcome: Outcome, problem: BodyProblem): void {
    switch (outcome.kind) {
      case 'valid':
        return this.#valid(response, requestId, outcome.body);
      case 'invalid':
        return this.#write(response, requestId, 400, JSON_TYPE, INVALID_TOKEN);
      case 'malformed':
        return this.#write(response, requestId, 400, JSON_TYPE, problem === 'no-json' ? NO_JSON : NO_TOKEN);
      case 'limited':
        return this.#limited(response, requestId, outcome.waitMs);
      case 'unauthorized':
        return this.#write(response, requestId, 401, null, '');
      case 'forbidden':
        return this.#write(response, requestId, 403, null, '');
    }
  }

  tooLarge(response: ServerResponse, requestId: string): void {
    this.#write(response, requestId, 413, TEXT_TYPE, 'The body is larger than 64 KiB.', ['Connection', 'close']);
  }

  unavailable(response: ServerResponse, requestId: string): void {
    this.#write(response, requestId, 503, TEXT_TYPE, 'Undecided: this key could not be checked now. Try again.', ['Retry-After', RETRY_AFTER_SECONDS]);
  }

  failed(response: ServerResponse, requestId: string): void {
    this.#write(response, requestId, 500, TEXT_TYPE, `The validation failed. Its request id is ${requestId}.`);
  }

  #valid(response: ServerResponse, requestId: string, body: PreparedAnswer): void {
    const headers = ['Content-Type', JSON_TYPE, 'Content-Length', body.byteLength, 'X-Request-Id', requestId];
    if (this.closing) headers.push('Connection', 'close');
    response.writeHead(200, headers);
    endInOneWrite(response, body.latin1);
  }

  #limited(response: ServerResponse, requestId: string, waitMs: number): void {
    const seconds = Math.ceil(waitMs) / 1_000;
    const wait = `Rate limit exceeded. Please wait ${Math.ceil(seconds)} seconds before trying again.`;
    // Written by hand: the number must be a float for clients with strict types, and JSON.stringify would write 58, not 58.0.
    const body = `{"wait_seconds":${seconds.toFixed(3)},"user_facing_error":${JSON.stringify(wait)},"error_code":"rate_limit_exceeded"}`;
    this.#write(response, requestId, 429, JSON_TYPE, body, ['Retry-After', String(Math.ceil(seconds))]);
  }

  #write(response: ServerResponse, requestId: string, status: number, type: string | null, body: string, more: readonly string[] = []): void {
    const headers = ['Content-Length', String(body.length), 'X-Request-Id', requestId, ...more];
    if (type !== null) headers.push('Content-Type', type);
    if (this.closing && !more.includes('Connection')) headers.push('Connection', 'close');
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
