import type { Clock } from '@app/ports';
import type { FenceChange } from '../protocol/messages.js';
import type { FenceTransport } from '../protocol/transport.js';

/** One change on its way to every node: pushed repeatedly until all nodes have acknowledged it or left, or no lease can be older. */
export class Barrier {
  readonly #clock: Clock;
  readonly #transport: Pick<FenceTransport, 'push'>;
  readonly #nonce: string;
  readonly #ended = new AbortController();
  #missing = new Set<string>();

  constructor(clock: Clock, transport: Pick<FenceTransport, 'push'>, nonce: string) {
    this.#clock = clock;
    this.#transport = transport;
    this.#nonce = nonce;
  }

  /** The nodes that have not replied. A copy, because acknowledgements keep arriving. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** An acknowledgement, or the node's leave read from the log. */
  remove(incarnation: string): void {
    if (this.#missing.delete(incarnation) && this.#missing.size === 0) this.#ended.abort();
  }

  /** Whatever happens, this ends: no change waits longer than a lease lasts. */
  abandon(): void {
    this.#ended.abort();
  }

  /** Resolves when `missing` is empty, `untilMono` has come, or the barrier was abandoned. */
  async run(change: FenceChange, nodes: readonly string[], untilMono: number, repeatMs: number): Promise<void> {
    this.#missing = new Set(nodes);
    while (this.#missing.size > 0 && !this.#ended.signal.aborted && this.#clock.mono() < untilMono) {
      this.#push(change);
      const leftMs = untilMono - this.#clock.mono();
      if (this.#missing.size > 0 && leftMs > 0) await this.#clock.sleep(Math.min(repeatMs, leftMs), this.#ended.signal);
    }
    this.#ended.abort();
  }

  #push(change: FenceChange): void {
    const message = { pos: change.pos, names: change.names, nonce: this.#nonce };
    this.#transport.push(
      message,
      (ack) => {
        if (ack.nonce === this.#nonce) this.remove(ack.incarnation);
      },
      this.#ended.signal,
    );
  }
}
