import type { AddressOf, ServerName, ServiceName } from '@tools/stack';
import { TcpProxy, type Ways } from './tcp-proxy.js';

interface Edge {
  readonly service: ServiceName | 'cli';
  readonly replica: string;
  readonly server: ServerName;
  readonly proxy: TcpProxy;
}

/** A proxy for every line between a process and a server. */
export class Edges {
  readonly #edges: Edge[] = [];
  cuts = 0;

  /** For `startStack`. The operator's commands go straight: they are not part of what is tested. */
  readonly addressOf: AddressOf = async ({ service, replica, server, url }) => {
    if (service === 'cli') return url;
    const parsed = new URL(url);
    const proxy = await TcpProxy.listening(parsed.hostname, Number(parsed.port));
    this.#edges.push({ service, replica, server, proxy });
    parsed.port = String(proxy.port);
    return parsed.href;
  };

  of(replica: string, server: ServerName): TcpProxy {
    const found = this.#edges.find((edge) => edge.replica === replica && edge.server === server);
    if (found === undefined) throw new Error(`${replica} has no line to ${server}.`);
    return found.proxy;
  }

  cut(replica: string, server: ServerName, ways: Ways = 'both'): TcpProxy {
    this.cuts += 1;
    const proxy = this.of(replica, server);
    proxy.cut(ways);
    return proxy;
  }

  cutAll(): void {
    for (const { proxy } of this.#edges) proxy.cut();
    this.cuts += this.#edges.length;
  }

  healAll(): void {
    for (const { proxy } of this.#edges) proxy.heal();
  }

  async close(): Promise<void> {
    await Promise.all(this.#edges.map(({ proxy }) => proxy.close()));
  }
}
