import { connect, createServer, type Server, type Socket } from 'node:net';

/** `up`: from the client to the server behind; `down`: the other way. */
export type Direction = 'up' | 'down';
export type Ways = Direction | 'both';

/** Sees each piece before it goes on, and may hold everything up from within: what is cut then does not go on any more. */
export type Watch = (direction: Direction, piece: Buffer) => void;

interface Piece {
  readonly bytes: Buffer | 'end';
  readonly dueAt: number;
}

const LOOPBACK = '127.0.0.1';
/** As a network does it, the rest waits with the sender: its writes stop being taken. */
const MOST_WAITING = 64;

/** One way of one connection: pieces in their order, each not before it is due, none while the way is cut. */
class Way {
  readonly #queue: Piece[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isFull = false;

  constructor(
    readonly proxy: TcpProxy,
    readonly direction: Direction,
    readonly from: Socket,
    readonly to: Socket,
  ) {
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.once('end', () => this.#take('end'));
    to.on('drain', () => {
      this.#isFull = false;
      this.flow();
    });
  }

  flow(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#queue.length > 0 && !this.#isFull && !this.proxy.isCut(this.direction) && !this.to.destroyed) {
      const [next] = this.#queue;
      if (next === undefined) break;
      const waitMs = next.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.flow(), waitMs);
        return;
      }
      this.#pass(next.bytes);
    }
    if (this.#queue.length < MOST_WAITING && this.from.isPaused()) this.from.resume();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #take(bytes: Buffer | 'end'): void {
    this.#queue.push({ bytes, dueAt: performance.now() + this.proxy.delayMs });
    if (this.#queue.length >= MOST_WAITING) this.from.pause();
    if (this.#timer === null) this.flow();
  }

  #pass(bytes: Buffer | 'end'): void {
    if (bytes !== 'end') {
      this.proxy.watch?.(this.direction, bytes);
      if (this.proxy.isCut(this.direction)) return;
    }
    this.#queue.shift();
    if (bytes === 'end') {
      this.to.end();
      return;
    }
    this.proxy.bytes[this.direction] += bytes.length;
    this.proxy.pieces[this.direction] += 1;
    this.#isFull = !this.to.write(bytes);
  }
}

/**
 * A line between a process and a server that can be cut, slowed and watched. A cut is a blackhole, not an end: nothing arrives and no side
 * is told; what was sent meanwhile waits, as with a sender who repeats, and goes on after `heal` on the same connections. A connection
 * that is made during a cut is accepted and silent. `reset` is the other fault: every connection ends at once, on both sides.
 */
export class TcpProxy {
  readonly bytes = { up: 0, down: 0 };
  readonly pieces = { up: 0, down: 0 };
  connections = 0;
  watch: Watch | null = null;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #cut = { up: false, down: false };
  readonly #ways = new Set<Way>();
  readonly #sockets = new Set<Socket>();
  #delayMs = 0;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => this.#join(near));
  }

  static async listening(host: string, port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy({ host, port });
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, LOOPBACK, resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy is not listening.');
    return address.port;
  }

  /** Of every piece in each direction, for those that arrive from now on. */
  get delayMs(): number {
    return this.#delayMs;
  }

  isCut(direction: Direction): boolean {
    return this.#cut[direction];
  }

  cut(ways: Ways = 'both'): void {
    if (ways !== 'down') this.#cut.up = true;
    if (ways !== 'up') this.#cut.down = true;
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Neither cut nor slow nor watched. */
  heal(): void {
    this.#cut.up = false;
    this.#cut.down = false;
    this.#delayMs = 0;
    this.watch = null;
    for (const way of this.#ways) way.flow();
  }

  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(near: Socket): void {
    const far = connect({ ...this.#target, noDelay: true, allowHalfOpen: true });
    this.connections += 1;
    const ways = [new Way(this, 'up', near, far), new Way(this, 'down', far, near)];
    for (const way of ways) this.#ways.add(way);
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#ended(ways, socket === near ? far : near);
      });
    }
  }

  /** One side is gone for good; a half that only ended goes on in the other direction. */
  #ended(ways: readonly Way[], other: Socket): void {
    for (const way of ways) {
      way.close();
      this.#ways.delete(way);
    }
    other.destroy();
  }
}
