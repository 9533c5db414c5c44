import type { Method } from '@test/support/clients/backend-api.js';
import type { EndUserApi } from '@test/support/clients/browser-session.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

/** What a browser has and `fetch` in Node lacks: cookies, the name of the host, and the origin of the page. */
export interface PageUnderTest {
  endUser: EndUserApi;
  /** Null: a page of the auth URL's own that sends none. */
  origin: string | null;
}

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const methodOf = (init: RequestInit | undefined): Method => METHODS.find((method) => method === init?.method) ?? 'GET';

/** Requests to the auth URL go out as that page's; all others as before. Returns the way back. */
export const openPage = ({ authUrl }: Pick<TestedServer, 'authUrl'>, page: PageUnderTest): (() => void) => {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    if (!url.startsWith(`${authUrl}/`)) return original(input, init);
    const given = Object.fromEntries(new Headers(init?.headers));
    // As a browser: the page sets these two, and nothing that it does without.
    const headers = { 'content-type': given['content-type'], 'x-csrf-token': given['x-csrf-token'], ...(page.origin === null ? {} : { origin: page.origin }) };
    const answer = await page.endUser.call(methodOf(init), url.slice(authUrl.length), typeof init?.body === 'string' ? init.body : undefined, headers);
    return new Response(answer.text, { status: answer.status, headers: answer.headers });
  };
  return () => {
    globalThis.fetch = original;
  };
};
