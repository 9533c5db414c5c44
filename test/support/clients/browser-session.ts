import { type Answer, bodyText, type Method } from './backend-api.js';
import { headersIn } from './answer-reader.js';
import { HttpConnection, requestText } from './http-connection.js';
import type { TestedServer } from '../servers/tested-server.js';

/** `undefined` leaves a header out that a browser would send. */
export type EndUserHeaders = Readonly<Record<string, string | undefined>>;

/** What a browser keeps after it logged in. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What every request of our own pages has. The host says which environment is meant. */
export const pageHeaders = (host: string): Readonly<Record<string, string>> => ({ host, 'content-type': 'application/json', 'x-csrf-token': '-.-' });

const isOver = (attributes: string): boolean => {
  const expires = /;\s*expires=([^;]+)/i.exec(attributes)?.[1];
  return expires !== undefined && Date.parse(expires) <= Date.now();
};

/**
 * An end user's browser at the environment's own address: it keeps cookies and calls with them. Not `fetch`, which sets Host by itself. Each
 * call has a connection of its own, so that calls at once do not wait for one another.
 */
export class EndUserApi {
  /** By name; a test may look at them, add to them and take them away. */
  readonly cookies = new Map<string, string>();

  /** `host`: of the environment that the end user means, whatever address it is reached at. */
  constructor(
    readonly origin: string,
    readonly host: string,
  ) {}

  static of(server: Pick<TestedServer, 'origin' | 'authUrl'>): EndUserApi {
    return new EndUserApi(server.origin, new URL(server.authUrl).host);
  }

  /** The one that the browser holds; fails the test where it holds none. */
  get accessToken(): string {
    return this.#held('access_token');
  }

  /** The tokens of the session that the browser holds; fails the test where it holds none. */
  get tokens(): SessionTokens {
    return { accessToken: this.accessToken, refreshToken: this.#held('refresh_token') };
  }

  /** Fails the test when it does not work. */
  async logIn(email: string, password: string): Promise<void> {
    const answer = await this.call('POST', '/api/fe/v3/login', { email, password });
    if (answer.status !== 200) throw new Error(`The login answered ${String(answer.status)} ${answer.text}`);
  }

  async call(method: Method, path: string, body?: unknown, headers: EndUserHeaders = {}): Promise<Answer> {
    const connection = new HttpConnection(Number(new URL(this.origin).port));
    const { status, head, text } = await connection.exchange(requestText({ method, path, headers: this.#headers(headers), body: bodyText(body) }));
    connection.close();
    if (status === 0) throw new Error(`${method} ${path} was not answered: ${text}`);
    const answer = { status, headers: headersIn(head), text };
    this.take(answer.headers);
    return answer;
  }

  /** Cookies of an answer that came another way. */
  take(headers: Headers): void {
    for (const cookie of headers.getSetCookie()) this.#take(cookie);
  }

  #held(name: string): string {
    const token = this.cookies.get(name);
    if (token === undefined) throw new Error('The browser holds no session.');
    return token;
  }

  #headers(given: EndUserHeaders): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const usual = { ...pageHeaders(this.host), ...(cookie === '' ? {} : { cookie }) };
    const named = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
    return Object.fromEntries(Object.entries({ ...usual, ...named }).filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  #take(cookie: string): void {
    const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(cookie) ?? [];
    if (value === '' || isOver(attributes)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
