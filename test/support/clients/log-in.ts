import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { textAt } from './backend-api.js';
import type { TestedServer } from '../servers/tested-server.js';

/** What a browser keeps after it logged in. */
export interface SessionCookies {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What every request of our own pages has, and what says which environment is meant. */
export const pageHeaders = (authUrl: string): Readonly<Record<string, string>> => ({
  'content-type': 'application/json', 'x-csrf-token': '-.-', host: new URL(authUrl).host,
});

export const cookiesIn = (setCookie: readonly string[]): SessionCookies => {
  const values = Object.fromEntries(setCookie.map((line) => /^([^=]+)=([^;]*)/.exec(line)?.slice(1, 3) ?? []));
  return { accessToken: textAt(values, 'access_token'), refreshToken: textAt(values, 'refresh_token') };
};

/** Logs in as a page of the environment would; anything but a session fails the test. `fetch` would not send the host. */
export const logIn = async (server: Pick<TestedServer, 'origin' | 'authUrl'>, email: string, password: string): Promise<SessionCookies> => {
  const sending = request(`${server.origin}/api/fe/v3/login`, { method: 'POST', agent: false, headers: pageHeaders(server.authUrl) });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  sending.end(JSON.stringify({ email, password }));
  const [answer] = await answered;
  const body = await text(answer);
  if (answer.statusCode !== 200) throw new Error(`The login was answered ${String(answer.statusCode)} ${body}`);
  return cookiesIn(answer.headers['set-cookie'] ?? []);
};
