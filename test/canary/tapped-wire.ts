import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A line to a server of which every byte is kept, both ways. */
export class TappedWire {
  /** Bytes of one direction of one connection each, in the order in which they came. */
  readonly #heard: Buffer[][] = [];
  readonly #server = createServer((near) => this.#pass(near));
  readonly #port: number;

  private constructor(port: number) {
    this.#port = port;
  }

  /** `url`: where the server is. Resolves with the address to use in its place. */
  static async to(url: string): Promise<{ readonly wire: TappedWire; readonly url: string }> {
    const tapped = new URL(url);
    const wire = new TappedWire(Number(tapped.port));
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    const address = wire.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The tap does not listen.');
    tapped.port = String(address.port);
    return { wire, url: tapped.href.replace(/\/$/, '') };
  }

  heard(): readonly Buffer[] {
    return this.#heard.map((chunks) => Buffer.concat(chunks));
  }

  close(): void {
    this.#server.close();
  }

  #pass(near: Socket): void {
    const far = connect(this.#port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      const chunks: Buffer[] = [];
      this.#heard.push(chunks);
      from.on('data', (chunk: Buffer) => chunks.push(chunk));
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }
}
