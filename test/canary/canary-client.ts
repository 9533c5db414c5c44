import { randomBytes } from 'node:crypto';
import { headersIn, type HttpAnswer } from '@test/support/clients/answer-reader.js';
import { isObject, type Method } from '@test/support/clients/backend-api.js';
import { pageHeaders, type SessionTokens, EndUserApi } from '@test/support/clients/browser-session.js';
import { HttpConnection, requestText } from '@test/support/clients/http-connection.js';
import { sendRaw } from '@test/support/clients/raw-http.js';
import type { PlantedSecrets } from './planted-secrets.js';
import { described } from './secret-search.js';

export type Headers = Readonly<Record<string, string>>;
interface Noted extends HttpAnswer {
  readonly label: string;
}

export type IssuedField = 'api_key_token' | 'access_token' | 'refresh_token';
interface IssueOptions {
  /** What the environment puts before its tokens. */
  readonly prefix?: string;
  readonly headers?: Headers;
}
interface Issued {
  readonly secret: string;
  readonly answer: Readonly<Record<string, unknown>>;
}

const TOKEN_PLACE = '<the token>';
export const FRONTEND = '/api/fe/v3';

const bodyOf = (value: unknown): string | Buffer | undefined =>
  value === undefined || typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);

/** Requests on connections of their own, closed with the answer, and every byte that came back. */
export class CanaryClient {
  readonly #noted: Noted[] = [];

  /** `authUrl`: of the environment that its pages are of. */
  constructor(
    readonly port: number,
    readonly planted: PlantedSecrets,
    readonly backendKey: string,
    readonly authUrl = 'http://127.0.0.1',
  ) {}

  get answers(): readonly HttpAnswer[] {
    return this.#noted;
  }

  /** `headers` in place of the good backend key; an empty object sends none. */
  async send(label: string, method: Method, path: string, body?: unknown, headers: Headers = this.authorized()): Promise<HttpAnswer> {
    return this.#note(label, await this.#exchange(method, path, bodyOf(body), headers));
  }

  /** As `send`; anything but 200 fails. */
  async done(label: string, method: Method, path: string, body?: unknown, headers?: Headers): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.send(label, method, path, body, headers);
    if (answer.status !== 200) throw new Error(`${label}: ${String(answer.status)} ${answer.text}`);
    const parsed: unknown = JSON.parse(answer.text);
    return isObject(parsed) ? parsed : {};
  }

  /** The one answer that may show a secret: in that field, once. It is noted without it, and the secret is planted. */
  async issue(
    label: string,
    method: Method,
    path: string,
    body: unknown,
    field: IssuedField,
    { prefix = '', headers = this.authorized() }: IssueOptions = {},
  ): Promise<Issued> {
    const exchanged = await this.#exchange(method, path, bodyOf(body), headers);
    const answer: unknown = exchanged.status === 200 ? JSON.parse(exchanged.text) : null;
    const secret = isObject(answer) ? answer[field] : undefined;
    if (!isObject(answer) || typeof secret !== 'string') throw new Error(`${label} issued nothing: ${String(exchanged.status)}`);
    const shown = exchanged.text.replace(JSON.stringify(secret), JSON.stringify(TOKEN_PLACE));
    // Beside a refresh token stands an access token, which within one second is that of the login.
    this.#note(label, { ...exchanged, text: field === 'refresh_token' ? shown.replace(/("access_token":")[^"]+/, `$1${TOKEN_PLACE}`) : shown });
    if (field === 'api_key_token') this.planted.issuedToken(`token issued by ${label}`, secret, prefix);
    else if (field === 'refresh_token') this.planted.refreshToken(`refresh token issued by ${label}`, secret);
    else this.planted.accessToken(`access token issued by ${label}`, secret);
    return { secret, answer };
  }

  /** As a page: the one answer that may show the session's tokens, in its cookies. It is noted without them, and they are planted. */
  async logIn(label: string, email: string, password: string): Promise<SessionTokens> {
    const exchanged = await this.#exchange('POST', `${FRONTEND}/login`, bodyOf({ email, password }), this.page());
    if (exchanged.status !== 200) throw new Error(`${label}: ${String(exchanged.status)} ${exchanged.text}`);
    const browser = new EndUserApi(`http://127.0.0.1:${String(this.port)}`, this.#host);
    browser.take(headersIn(exchanged.head));
    const { accessToken, refreshToken } = browser.tokens;
    this.#note(label, { ...exchanged, head: exchanged.head.replace(accessToken, TOKEN_PLACE).replace(refreshToken, TOKEN_PLACE) });
    this.planted.accessToken(`access token issued by ${label}`, accessToken);
    this.planted.refreshToken(`refresh token issued by ${label}`, refreshToken);
    return { accessToken, refreshToken };
  }

  /** Headers of a request by a page. */
  page(more: Headers = {}): Headers {
    return { ...pageHeaders(this.#host), ...more };
  }

  /** Bytes as they are. `Connection: close` is for the caller to send. */
  readonly raw = async (label: string, bytes: string | Buffer): Promise<HttpAnswer> => {
    const answer = await sendRaw(this.port, bytes);
    return this.#note(label, answer);
  };

  authorized(backendKey = this.backendKey): Headers {
    return { authorization: `Bearer ${backendKey}` };
  }

  /** Secrets in answers, a line each. */
  leaks(): readonly string[] {
    return this.#noted.flatMap(({ label, status, head, text }) => [
      ...described(`${label} (${String(status)}), a header`, this.planted.search.inText(head)),
      ...described(`${label} (${String(status)}), the body`, this.planted.search.inText(text)),
    ]);
  }

  #note(label: string, answer: HttpAnswer): HttpAnswer {
    this.#noted.push({ label, ...answer });
    return answer;
  }

  get #host(): string {
    return new URL(this.authUrl).host;
  }

  async #exchange(method: Method, path: string, body: string | Buffer | undefined, headers: Headers): Promise<HttpAnswer> {
    const connection = new HttpConnection(this.port);
    const usual = { host: `127.0.0.1:${String(this.port)}`, 'content-type': 'application/json' };
    const { status, head, text } = await connection.exchange(requestText({ method, path, headers: { ...usual, ...headers }, body }));
    connection.close();
    if (status === 0) throw new Error(`${method} ${path} was not answered: ${text}`);
    return { status, head, text };
  }
}

export const freshName = (): string => randomBytes(6).toString('hex');
