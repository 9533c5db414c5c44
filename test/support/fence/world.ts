import type { DomainEvent, FenceRecordState } from '@app/domain';
import { FenceAuthority, type FenceAuthorityOptions, FenceNode, type FenceNodeOptions, InProcessFenceTransport } from '@app/fence';
import { FakeLog, FakeStore } from './fake-log.js';
import { FaultyTransport } from './faulty-transport.js';
import { envRecord } from './records.js';
import { ManualClock } from '../clock/manual-clock.js';

export const LEASE_MS = 5_000;

/** An event that changes the user; which one does not matter to the fence. */
export const userChanged = (userId: string): DomainEvent => ({
  type: 'user.sessions-ended.v1',
  tags: [`user-${userId}`],
  data: { userId },
});
export const keyRevoked = (keyId: string): DomainEvent => ({ type: 'api-key.revoked.v1', tags: [`key-${keyId}`], data: { keyId } });
/** A commit that is not a change. */
const nothing: DomainEvent = { type: 'registry.opened.v1', tags: ['registry'], data: { leaseMs: LEASE_MS } };

/** One authority, any number of nodes, one clock and no network. */
export class World {
  readonly clock = new ManualClock();
  readonly store = new FakeStore();
  readonly log: FakeLog;
  readonly transport: InProcessFenceTransport;
  readonly authority: FenceAuthority;
  readonly broken: Error[] = [];
  #ids = 0;

  constructor(options: Partial<FenceAuthorityOptions> = {}, before: readonly FenceRecordState[] = []) {
    this.store.append([nothing], [envRecord(), ...before]);
    this.log = new FakeLog(this.store);
    this.transport = new InProcessFenceTransport(this.clock);
    this.authority = new FenceAuthority({
      clock: this.clock,
      log: this.log,
      records: this.log,
      transport: this.transport,
      leaseMs: LEASE_MS,
      newNonce: () => this.#id('nonce'),
      ...options,
    });
    this.transport.connect(this.authority);
  }

  node(options: Partial<FenceNodeOptions> = {}): { node: FenceNode; wire: FaultyTransport } {
    const wire = new FaultyTransport(this.transport, this.clock);
    const node = new FenceNode({
      clock: this.clock,
      transport: wire,
      cacheKeys: 1_000,
      onBroken: (error) => void this.broken.push(error),
      newIncarnation: () => this.#id('incarnation'),
      newNonce: () => this.#id('nonce'),
      nextTick: () => Promise.resolve(),
      ...options,
    });
    return { node, wire };
  }

  /** Started, joined and leased. */
  async leasedNode(options: Partial<FenceNodeOptions> = {}): Promise<{ node: FenceNode; wire: FaultyTransport }> {
    const made = this.node(options);
    await made.node.start();
    return made;
  }

  /** Creating is not a change, so no node is told. */
  create(...states: FenceRecordState[]): number {
    return this.#append([nothing], states);
  }

  /** Appended, durable, and applied by the authority; no node has been told yet. */
  change(event: DomainEvent, ...states: FenceRecordState[]): number {
    return this.#append([event], states);
  }

  #append(events: readonly DomainEvent[], states: readonly FenceRecordState[]): number {
    const pos = this.store.append(events, states);
    this.log.follow();
    return pos;
  }

  #id(kind: string): string {
    this.#ids += 1;
    return `${kind}-${this.#ids}`;
  }
}
