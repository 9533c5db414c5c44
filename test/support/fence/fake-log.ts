import { type DomainEvent, evolveRegistry, type FenceRecordState, initialRegistry, nameOf, type RegistryState } from '@app/domain';
import type { AppliedCommit, AuthorityLog, RecordReader } from '@app/fence';
import { digestOf } from './records.js';

interface StoredCommit extends AppliedCommit {
  readonly states: readonly FenceRecordState[];
}

export const ZERO_HASH = '0'.repeat(64);

/** The durable log that all replicas of a small world share: commits with the record states they lead to. */
export class FakeStore {
  readonly commits: StoredCommit[] = [];
  readonly commandIds = new Set<string>();
  /** Another history has other hashes. */
  history = 'h';
  /** The time that the newest commit carries: ahead of the clocks where a deciding one was. */
  headAt = 0;

  get head(): number {
    return this.commits.length;
  }

  append(events: readonly DomainEvent[], states: readonly FenceRecordState[] = []): number {
    this.commits.push({ pos: this.head + 1, events, states });
    return this.head;
  }

  hashAt(pos: number): string | null {
    if (pos === 0) return ZERO_HASH;
    return pos <= this.head ? `${this.history}${pos}` : null;
  }

  registryAt(pos: number): RegistryState {
    let state = initialRegistry;
    for (const commit of this.commits.slice(0, pos)) {
      for (const event of commit.events) state = evolveRegistry(state, event, { pos: commit.pos, at: 0 });
    }
    return state;
  }
}

/** What one replica has applied of the store. It follows by itself unless `behind` is set; a probe always catches up. */
export class FakeLog implements AuthorityLog, RecordReader {
  readonly store: FakeStore;
  behind = false;
  probes = 0;
  /** What a probe waits for after it has read the store's head. */
  probeGate: Promise<void> = Promise.resolve();
  /** What a record read waits for before it reads. */
  readGate: Promise<void> = Promise.resolve();
  #applied: number;
  readonly #listeners = new Set<(commit: AppliedCommit) => void>();
  #waiters: { pos: number; resolve: () => void }[] = [];

  constructor(store: FakeStore) {
    this.store = store;
    this.#applied = store.head;
  }

  get head(): { pos: number; hash: string; at: number } {
    return { pos: this.#applied, hash: this.store.hashAt(this.#applied) ?? ZERO_HASH, at: this.store.headAt };
  }

  /** Follows the store unless told to stay behind. */
  follow(): void {
    if (!this.behind) this.applyUpTo(this.store.head);
  }

  applyUpTo(pos: number): void {
    while (this.#applied < pos) {
      const commit = this.store.commits[this.#applied];
      if (commit === undefined) throw new Error(`No commit ${this.#applied + 1}.`);
      this.#applied = commit.pos;
      for (const listener of this.#listeners) listener(commit);
    }
    const due = this.#waiters.filter((waiter) => waiter.pos <= this.#applied);
    this.#waiters = this.#waiters.filter((waiter) => waiter.pos > this.#applied);
    for (const waiter of due) waiter.resolve();
  }

  async probe(): Promise<number> {
    this.probes += 1;
    const { head } = this.store;
    await this.probeGate;
    this.applyUpTo(head);
    return head;
  }

  waitFor(pos: number): Promise<void> {
    if (this.#applied >= pos) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ pos, resolve }));
  }

  hashAt(pos: number): Promise<string | null> {
    return Promise.resolve(this.store.hashAt(pos));
  }

  onApply(listener: (commit: AppliedCommit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readBack(pos: number, limit: number): Promise<readonly AppliedCommit[]> {
    return Promise.resolve(this.store.commits.slice(Math.max(0, pos - limit), pos).toReversed());
  }

  registryAt(pos: number): Promise<RegistryState> {
    return Promise.resolve(this.store.registryAt(pos));
  }

  append(commandId: string, decide: (registry: RegistryState) => readonly DomainEvent[]): Promise<void> {
    if (!this.store.commandIds.has(commandId)) {
      const events = decide(this.store.registryAt(this.store.head));
      if (events.length > 0) {
        this.store.commandIds.add(commandId);
        this.store.append(events);
      }
    }
    this.follow();
    return Promise.resolve();
  }

  async resolveDigest(digest: string): Promise<string | null> {
    await this.readGate;
    const states = this.store.commits.slice(0, this.#applied).flatMap((commit) => commit.states);
    const root = states.find(
      (state) => (state.kind === 'key' && digestOf(state.keyId) === digest) || (state.kind === 'backendkey' && digestOf(state.backendKeyId) === digest),
    );
    return root === undefined ? null : nameOf(root);
  }

  async read(name: string): Promise<FenceRecordState | null> {
    await this.readGate;
    const states = this.store.commits.slice(0, this.#applied).flatMap((commit) => commit.states);
    return states.findLast((state) => nameOf(state) === name) ?? null;
  }
}
