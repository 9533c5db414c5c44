import type { IncomingMessage, ServerResponse } from 'node:http';

export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

// As Fastify's router takes it off, so that a client's form of the target does not decide which calls it can make.
const SCHEME_AND_AUTHORITY = /^https?:\/\/[^/?#]+(?=\/)/i;

/** The path of a request target; proxies may send the absolute form, `http://host/path`. */
const pathOf = (target: string): string => {
  const pathAndQuery = target.startsWith('/') ? target : target.replace(SCHEME_AND_AUTHORITY, '');
  const query = pathAndQuery.indexOf('?');
  return query < 0 ? pathAndQuery : pathAndQuery.slice(0, query);
};

/**
 * POST paths that are answered before the web framework sees them. main.ts makes one, gives it to the HTTP server and to the
 * container; the validation module fills it in at bootstrap, which is before the server listens.
 */
export class RawRoutes {
  readonly #handlers = new Map<string, RawHandler>();
  set(path: string, handler: RawHandler): void {
    this.#handlers.set(path, handler);
  }
  find(method: string | undefined, url: string | undefined): RawHandler | undefined {
    if (method !== 'POST' || url === undefined) return undefined;
    // The bare path nearly always, found without looking at it.
    return this.#handlers.get(url) ?? this.#handlers.get(pathOf(url));
  }
}
