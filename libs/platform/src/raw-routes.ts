import type { IncomingMessage, ServerResponse } from 'node:http';

export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

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
    const exact = this.#handlers.get(url);
    if (exact !== undefined) return exact;
    const query = url.indexOf('?');
    return query < 0 ? undefined : this.#handlers.get(url.slice(0, query));
  }
}
