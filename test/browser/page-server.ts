import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundlePage, type PageName } from './bundle-page.mjs';

const html = (authUrl: string): string =>
  `<!doctype html><html data-auth-url="${authUrl}"><head><link rel="icon" href="data:,"></head><body><div id="root"></div><script type="module" src="/page.js"></script></body></html>`;

/** One page of an application, on a loopback port of its own; which site it is of is up to the name it is called by. */
export class PageServer {
  /** Where the page's program finds Keyfence; may be set after the start. */
  authUrl = '';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async started(name: PageName): Promise<PageServer> {
    const program = await bundlePage(name);
    const server = createServer((request, response) => {
      const [type, text] = request.url === '/page.js' ? ['text/javascript', program] : ['text/html', html(pages.authUrl)];
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
    });
    const pages = new PageServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return pages;
  }

  originAt(host: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${host}:${String(port)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
