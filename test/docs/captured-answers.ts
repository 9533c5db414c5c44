import type { ServerResponse } from 'node:http';
import type { ArgumentsHost } from '@nestjs/common';
import { type FieldErrors, Refusal, type RefusalCode } from '@app/domain';
import { errorFormatOf } from '@app/gateway/gateway-http.js';
import { AnswerErrors } from '@app/gateway/http/answer-errors.js';
import { type AnsweredCode, ApiRefusal, type ApiRefusalCode } from '@app/http-api';
import { ValidateAnswers } from '@app/validation/validate-answers.js';
import type { ValidationAnswer } from '@app/validation/validations.js';

const REQUEST_ID = '7f3d0c';

/** An error answer as it leaves, made by the code that makes it. */
export interface CapturedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** Fastify makes JSON of what is not text, and says so. */
const captured = (status: number, headers: ReadonlyMap<string, string>, body: string | object): CapturedAnswer => ({
  status,
  contentType: headers.get('content-type')?.split(';')[0] ?? (typeof body === 'object' ? 'application/json' : ''),
  retryAfter: headers.get('retry-after') ?? null,
  body: typeof body === 'object' ? JSON.stringify(body) : body,
});

/** Stands in for a reply of Fastify: what the error filter touches of it. */
class NotedReply {
  readonly headers = new Map<string, string>();
  readonly sent = false;
  #status = 0;
  answer: CapturedAnswer | null = null;
  code(status: number): this {
    this.#status = status;
    return this;
  }
  type(type: string): this {
    return this.header('content-type', type);
  }
  header(name: string, value: string): this {
    this.headers.set(name, value);
    return this;
  }
  hasHeader(name: string): boolean {
    return this.headers.has(name);
  }
  removeHeader(name: string): this {
    this.headers.delete(name);
    return this;
  }
  send(body: string | object = ''): this {
    this.answer = captured(this.#status, this.headers, body);
    return this;
  }
}

const MESSAGES: Readonly<Partial<Record<AnsweredCode, string>>> = {
  RATE_LIMITED: 'Rate limited. Please wait 12 seconds before trying again.',
  BUSY: 'Too many passwords are being checked. Please try again in a second.',
  INVALID_OPTION: 'This expiration is not available.',
};
const FIELDS: Readonly<Partial<Record<AnsweredCode, FieldErrors>>> = {
  INVALID_FIELDS: { expiresAtMs: ['must be a time in whole Unix seconds'] },
  KEY_KIND_DISABLED: { userId: ['Personal keys are disabled in this environment; enable them first.'] },
};

/** A route as Fastify names it. */
export interface Route {
  readonly method: string;
  readonly url: string;
}
const USUAL_ROUTE: Route = { method: 'POST', url: '/api/backend/v1/user/' };

/** What the HTTP edge makes of an error of a route: each API has a form of its own. `retryAfter` is set by the code that throws. */
export const answerTo = (error: unknown, { method, url }: Route, retryAfter: string | null = null): CapturedAnswer => {
  const reply = new NotedReply();
  if (retryAfter !== null) reply.header('retry-after', retryAfter);
  const request = { id: REQUEST_ID, url, method, routeOptions: { url } };
  const host = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) } as unknown as ArgumentsHost;
  new AnswerErrors(errorFormatOf).catch(error, host);
  if (reply.answer === null) throw new Error(`${String(error)} was not answered.`);
  return reply.answer;
};

const BY_THE_EDGE: Readonly<Record<ApiRefusalCode, true>> = {
  UNAUTHORIZED: true,
  FOREIGN_REQUEST: true,
  UNKNOWN_HOST: true,
  RATE_LIMITED: true,
  ORG_NOT_FOUND: true,
};
const isByTheEdge = (code: AnsweredCode): code is ApiRefusalCode => Object.hasOwn(BY_THE_EDGE, code);

export const refusalAnswer = (code: AnsweredCode, route = USUAL_ROUTE): CapturedAnswer => {
  const message = MESSAGES[code];
  if (isByTheEdge(code)) return answerTo(new ApiRefusal(code, message === undefined ? {} : { message }), route, code === 'RATE_LIMITED' ? '12' : null);
  const refusal = new Refusal(code satisfies RefusalCode, {
    ...(message === undefined ? {} : { message }),
    fields: FIELDS[code] ?? {},
    subjectId: '00112233445566778899aabbccddeeff',
  });
  return answerTo(refusal, route);
};

/** Stands in for Node's response: the validate route writes head and body itself. */
class NotedResponse {
  answer: CapturedAnswer | null = null;
  /** A real one is uncorked before the end, so that it leaves in one write. */
  readonly socket = null;
  #body = '';
  #status = 0;
  readonly #headers = new Map<string, string>();
  writeHead(status: number, headers: readonly string[]): void {
    this.#status = status;
    for (let index = 0; index < headers.length; index += 2) this.#headers.set((headers[index] ?? '').toLowerCase(), headers[index + 1] ?? '');
  }
  write(body: string): void {
    this.#body += body;
  }
  end(): void {
    this.answer = captured(this.#status, this.#headers, this.#body);
  }
}

const noted = (write: (answers: ValidateAnswers, response: ServerResponse) => void): CapturedAnswer => {
  const response = new NotedResponse();
  write(new ValidateAnswers(), response as unknown as ServerResponse);
  if (response.answer === null) throw new Error('Nothing was answered.');
  return response.answer;
};

const ofAnswer = (answer: ValidationAnswer): CapturedAnswer => noted((answers, response) => answers.write(response, REQUEST_ID, answer));

export const VALIDATE_ANSWERS: readonly (readonly [meaning: string, answer: CapturedAnswer])[] = [
  [
    'The key is not valid: unknown, revoked, expired, its owner is gone or blocked, its kind is disabled. The answer is the same for all of them.',
    ofAnswer({ kind: 'invalid' }),
  ],
  ['The body has no text in `api_key_token`.', ofAnswer({ kind: 'no-token' })],
  ['The body is not JSON.', ofAnswer({ kind: 'not-json' })],
  ['The owner of the key has used up its limit. `wait_seconds` says how long the window still runs.', ofAnswer({ kind: 'limited', waitMs: 12_345 })],
  ['The backend key is missing, wrong or revoked.', ofAnswer({ kind: 'unauthorized' })],
  ['The backend key may not validate keys.', ofAnswer({ kind: 'forbidden' })],
  ['The body is larger than 64 KiB.', ofAnswer({ kind: 'too-large' })],
  ['Undecided: neither valid nor invalid.', ofAnswer({ kind: 'unavailable' })],
  ['A fault of the server.', ofAnswer({ kind: 'failed' })],
];
