import { randomBytes } from 'node:crypto';
import { BarrierTransport, waitForFence } from '@app/fence';
import { ChangeFence } from '@app/platform';
import type { Clock } from '@app/ports';

/** How long to wait for the authority beyond a lease: the lease alone decides, so this only limits what a lost reply keeps open. */
const BEYOND_LEASE_MS = 5_000;

export interface RemoteChangeFenceOptions {
  readonly clock: Clock;
  readonly transport: BarrierTransport;
  readonly leaseMs: number;
  /** This run of the process, for the seal of the message. */
  readonly incarnation: string;
  readonly newNonce?: () => string;
}

/** For a process that commits changes and is not the authority: the barrier is a question to the authority. */
export class RemoteChangeFence extends ChangeFence {
  readonly #options: RemoteChangeFenceOptions;

  constructor(options: RemoteChangeFenceOptions) {
    super();
    this.#options = options;
  }

  waitForFence(pos: number, names: readonly string[], sinceMono: number): Promise<void> {
    const { clock, transport, leaseMs, incarnation, newNonce = () => randomBytes(16).toString('hex') } = this.#options;
    const nonce = newNonce();
    return waitForFence(clock, leaseMs, sinceMono, async () => {
      const answer = await transport.barrier({ incarnation, nonce, pos, names }, leaseMs + BEYOND_LEASE_MS);
      // An older "no node is behind" is not about this change: without a reply to this question, the change waits for the lease.
      if (answer.nonce !== nonce) throw new Error('Nonce mismatch: this reply belongs to another request.');
    });
  }
}
