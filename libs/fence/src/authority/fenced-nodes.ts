import { decideFence, decideLeave } from '@app/domain';
import type { Clock } from '@app/ports';
import type { AuthorityLog } from './authority-log.js';
import type { NodeRegistry } from './node-registry.js';

export const leaveCommandId = (incarnation: string): string => `registry-leave-${incarnation}`;

/** Removes silent nodes from the registry in two steps: fence (no new lease), and after a whole lease, leave (no lease at all). */
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
  async fence(incarnations: readonly string[], commandId: string): Promise<void> {
    try {
      await this.#log.append(commandId, (registry) => decideFence(incarnations, registry));
    } catch {
      this.failures += 1;
    }
  }

  /**
   * Waits until THIS replica has known the fence for a whole lease: a renewal granted just before the fence is valid for that long,
   * and a barrier that no longer counts the node would let its change be acknowledged (mutant "removal without waiting").
   */
  async removeLater(incarnation: string): Promise<void> {
    if (this.#removing.has(incarnation)) return;
    this.#removing.add(incarnation);
    for (let knownMs = this.#fencedFor(incarnation); knownMs !== null; knownMs = this.#fencedFor(incarnation)) {
      if (knownMs < this.#leaseAuthorityMs) await this.#clock.sleep(this.#leaseAuthorityMs - knownMs, this.#stopped);
      else if (await this.#remove(incarnation)) break;
    }
    this.#removing.delete(incarnation);
  }

  #fencedFor(incarnation: string): number | null {
    return this.#stopped.aborted ? null : this.#registry.fenceKnownForMs(incarnation);
  }

  async #remove(incarnation: string): Promise<boolean> {
    try {
      await this.#log.append(leaveCommandId(incarnation), () => decideLeave(incarnation));
      return true;
    } catch {
      this.failures += 1;
      await this.#clock.sleep(this.#leaseAuthorityMs, this.#stopped);
      return false;
    }
  }
}
