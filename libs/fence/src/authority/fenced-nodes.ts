import { decideFence, decideLeave } from '@app/domain';
import type { Clock } from '@app/ports';
import type { AuthorityLog } from './authority-log.js';
import type { NodeRegistry } from './node-registry.js';

export const leaveCommandId = (inc: string): string => `registry-leave-${inc}`;

/** Takes silent nodes out of the registry in two steps: fence (no new lease), and after a whole lease, leave (no lease at all). */
export class FencedNodes {
  readonly #clock: Clock;
  readonly #log: AuthorityLog;
  readonly #registry: NodeRegistry;
  readonly #leaseAuthorityMs: number;
  readonly #stopped: AbortSignal;
  readonly #removing = new Set<string>();
  /** Registry commits that failed; they are tried again. */
  failures = 0;

  constructor(clock: Clock, log: AuthorityLog, registry: NodeRegistry, leaseAuthorityMs: number, stopped: AbortSignal) {
    this.#clock = clock;
    this.#log = log;
    this.#registry = registry;
    this.#leaseAuthorityMs = leaseAuthorityMs;
    this.#stopped = stopped;
  }

  /** One commit for all of them. Never rejects: no change waits for it, and the next barrier tries again. */
  async fence(incs: readonly string[], commandId: string): Promise<void> {
    try {
      await this.#log.append(commandId, (registry) => decideFence(incs, registry));
    } catch {
      this.failures += 1;
    }
  }

  /**
   * Waits until THIS replica has known the fence for a whole lease: a renewal answered just before the fence is valid that long,
   * and a barrier that no longer counts the node would let its change be acknowledged (mutant "removal without waiting").
   */
  async removeLater(inc: string): Promise<void> {
    if (this.#removing.has(inc)) return;
    this.#removing.add(inc);
    for (let knownMs = this.#fencedFor(inc); knownMs !== null; knownMs = this.#fencedFor(inc)) {
      if (knownMs < this.#leaseAuthorityMs) await this.#clock.sleep(this.#leaseAuthorityMs - knownMs, this.#stopped);
      else if (await this.#remove(inc)) break;
    }
    this.#removing.delete(inc);
  }

  #fencedFor(inc: string): number | null {
    return this.#stopped.aborted ? null : this.#registry.fenceKnownForMs(inc);
  }

  async #remove(inc: string): Promise<boolean> {
    try {
      await this.#log.append(leaveCommandId(inc), () => decideLeave(inc));
      return true;
    } catch {
      this.failures += 1;
      await this.#clock.sleep(this.#leaseAuthorityMs, this.#stopped);
      return false;
    }
  }
}
