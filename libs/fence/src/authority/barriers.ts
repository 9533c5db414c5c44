import type { Clock } from '@app/ports';
import type { AuthorityLog } from './authority-log.js';
import { Barrier } from './barrier.js';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import type { FencedNodes } from './fenced-nodes.js';
import type { FenceChange } from '../protocol/messages.js';
import type { NodeRegistry } from './node-registry.js';
import type { FenceParameters } from '../protocol/parameters.js';
import type { FenceTransport } from '../protocol/transport.js';

/** One barrier that has ended, for metrics and the log. */
export interface BarrierEnded {
  readonly pos: number;
  readonly tookMs: number;
  /** True if the barrier ended after a whole lease, not with the acknowledgement of each node. */
  readonly timedOut: boolean;
  /** Nodes that had not acknowledged. 0 although it timed out: this replica itself had not read the log up to `pos`. */
  readonly missing: number;
  /** No change waited for it: it only finds dead nodes. */
  readonly idle: boolean;
}

export interface BarriersOptions {
  readonly clock: Clock;
  readonly log: AuthorityLog;
  readonly transport: Pick<FenceTransport, 'push'>;
  readonly registry: NodeRegistry;
  readonly fencedNodes: FencedNodes;
  readonly parameters: FenceParameters;
  readonly newNonce: () => string;
  /** Throws unless the registry here is folded up to the log's head. */
  readonly assertInStep: () => void;
  /** Must not throw. */
  readonly onBarrier: (ended: BarrierEnded) => void;
}

/** All barriers of one replica: those that a change waits for, and the empty ones that find dead nodes before a change must wait for them. */
export class Barriers {
  readonly #options: BarriersOptions;
  readonly #running = new Map<Barrier, Promise<void>>();
  #idleBarrier: Barrier | null = null;
  #lastStartedMono: number;

  constructor(options: BarriersOptions) {
    this.#options = options;
    this.#lastStartedMono = options.clock.mono();
  }

  run(change: FenceChange): Promise<void> {
    return this.#track(this.#newBarrier(), change);
  }

  nodeLeft(incarnation: string): void {
    for (const barrier of this.#running.keys()) barrier.remove(incarnation);
  }

  async runWhenIdle(stopped: AbortSignal): Promise<void> {
    const { clock, log, parameters } = this.#options;
    while (!stopped.aborted) {
      const quietMs = clock.mono() - this.#lastStartedMono;
      if (quietMs < parameters.leaseAuthorityMs) {
        await clock.sleep(parameters.leaseAuthorityMs - quietMs, stopped);
        continue;
      }
      this.#idleBarrier = this.#newBarrier();
      await this.#track(this.#idleBarrier, { pos: log.head.pos, names: [] }).catch(() => {});
    }
  }

  async stop(): Promise<void> {
    this.#idleBarrier?.abandon();
    await Promise.allSettled(this.#running.values());
  }

  #newBarrier(): Barrier {
    return new Barrier(this.#options.clock, this.#options.transport, this.#options.newNonce());
  }

  async #track(barrier: Barrier, change: FenceChange): Promise<void> {
    const running = this.#pass(barrier, change);
    this.#running.set(barrier, running);
    try {
      await running;
    } finally {
      this.#running.delete(barrier);
    }
  }

  async #pass(barrier: Barrier, change: FenceChange): Promise<void> {
    const { clock, registry, fencedNodes, parameters, newNonce, assertInStep, onBarrier } = this.#options;
    // Arrival is later than the durable append, so counting from here only waits longer.
    const since = clock.mono();
    const until = since + parameters.leaseAuthorityMs;
    this.#lastStartedMono = since;
    // The registry is read after the catch-up: before it, a node that joined just before the change would not be waited for
    // (mutant "registry read before the append"). A node that joins later renews at a head with the change.
    const caughtUp = await this.#caughtUp(change.pos, until);
    assertInStep();
    if (caughtUp) await barrier.run(change, registry.counted(), until, parameters.pushRepeatMs);
    const silent = caughtUp ? barrier.missing : [];
    const timedOut = clock.mono() >= until;
    // Without the log up to the change this replica does not know which nodes to wait for: then only the lease may end the wait.
    if (!caughtUp && !timedOut) throw new Error(`A barrier at ${change.pos} ended early, on a registry that is older than the change.`);
    if (silent.length > 0 && !timedOut) throw new FenceUnavailable('the barrier was abandoned');
    onBarrier({
      pos: change.pos,
      tookMs: clock.mono() - since,
      timedOut: !caughtUp || silent.length > 0,
      missing: silent.length,
      idle: barrier === this.#idleBarrier,
    });
    if (silent.length > 0) void fencedNodes.fence(silent, `registry-fence-${newNonce()}`);
  }

  /** False if a whole lease passed first, which is sufficient. A log that fails counts as a log that is silent. */
  async #caughtUp(pos: number, untilMono: number): Promise<boolean> {
    const { clock, log } = this.#options;
    if (log.head.pos >= pos) return true;
    const applied = new AbortController();
    log.waitFor(pos, untilMono - clock.mono()).then(
      () => applied.abort(),
      () => {},
    );
    while (!applied.signal.aborted && clock.mono() < untilMono) await clock.sleep(untilMono - clock.mono(), applied.signal);
    return applied.signal.aborted;
  }
}
