import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Answer, Method } from './backend-api.js';
import type { TestedServer } from '../servers/tested-server.js';

/** `undefined` leaves a header out that a browser would send. */
export type VisitorHeaders = Readonly<Record<string, string | undefined>>;

const headersOf = ({ rawHeaders }: IncomingMessage): Headers => {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
  return headers;
};

const isOver = (attributes: string): boolean => {
  const expires = /;\s*expires=([^;]+)/i.exec(attributes)?.[1];
  return expires !== undefined && Date.parse(expires) <= Date.now();
};

/** A visitor's browser at the environment's own address: it keeps cookies and calls with them. With `node:http`, because `fetch` sets Host by itself. */
export class VisitorApi {
  /** By name; a test may look at them, add to them and take them away. */
  readonly cookies = new Map<string, string>();

  /** `host`: of the environment that the visitor means, whatever address it is reached at. */
  constructor(readonly origin: string, readonly host: string) {}

  static of(server: Pick<TestedServer, 'origin' | 'authUrl'>): VisitorApi {
    return new VisitorApi(server.origin, new URL(server.authUrl).host);
  }

  /** The one that the browser holds; fails the test where it holds none. */
  get accessToken(): string {
    const token = this.cookies.get('access_token');
    if (token === undefined) throw new Error('Nobody is logged in.');
    return token;
  }

  /** Fails the test when it does not work. */
  async logIn(email: string, password: string): Promise<void> {
    const answer = await this.call('POST', '/api/fe/v3/login', { email, password });
    if (answer.status !== 200) throw new Error(`The login answered ${String(answer.status)} ${answer.text}`);
  }

  async call(method: Method, path: string, body?: unknown, headers: VisitorHeaders = {}): Promise<Answer> {
    const sent = this.#headers(headers);
    const answer = await new Promise<Answer>((resolve, reject) => {
      const outgoing = request(this.origin, { method, path, headers: sent });
      outgoing.once('error', reject).once('response', (incoming) => {
        text(incoming).then((all) => resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), text: all }), reject);
      });
      outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
    for (const cookie of answer.headers.getSetCookie()) this.#take(cookie);
    return answer;
  }

  #headers(given: VisitorHeaders): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const usual = { host: this.host, 'content-type': 'application/json', 'x-csrf-token': '-.-', ...(cookie === '' ? {} : { cookie }) };
    return Object.fromEntries(Object.entries({ ...usual, ...given }).filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  #take(cookie: string): void {
    const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(cookie) ?? [];
    if (value === '' || isOver(attributes)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
