import type { DomainEvent, RegistryState } from '@app/domain';
import type { AppliedCommit } from './authority-log.js';

interface RegisteredNode {
  fenced: boolean;
  /** When this replica itself learnt of the fence, on its own clock; a position would not say how long ago that was. */
  fenceKnownSinceMono: number;
}

export interface RegistryListener {
  fenced(inc: string): void;
  left(inc: string): void;
}

/** Who may hold a lease, as the log says it up to the position applied here. A node counts until it has left. */
export class NodeRegistry {
  readonly #nodes = new Map<string, RegisteredNode>();
  readonly #mono: () => number;
  readonly #listener: RegistryListener;

  constructor(mono: () => number, listener: RegistryListener) {
    this.#mono = mono;
    this.#listener = listener;
  }

  load(state: RegistryState): void {
    for (const [inc, node] of Object.entries(state.nodes)) {
      this.#joined(inc);
      if (node.fencedPos !== null) this.#fenced(inc);
    }
  }

  fold(commit: AppliedCommit): void {
    for (const event of commit.events) this.#apply(event);
  }

  /** Joined, not left: fenced nodes too, because one may still hold the lease it had when it was fenced. */
  counted(): string[] {
    return [...this.#nodes.keys()];
  }

  mayRenew(inc: string): boolean {
    return this.#nodes.get(inc)?.fenced === false;
  }

  /** Milliseconds since this replica knows that `inc` is fenced; null when it is not, or has left. */
  fenceKnownForMs(inc: string): number | null {
    const node = this.#nodes.get(inc);
    return node?.fenced === true ? this.#mono() - node.fenceKnownSinceMono : null;
  }

  #apply(event: DomainEvent): void {
    switch (event.type) {
      case 'registry.node-joined.v1':
        return this.#joined(event.data.inc);
      case 'registry.node-fenced.v1':
        return this.#fenced(event.data.inc);
      case 'registry.node-left.v1':
        return this.#left(event.data.inc);
      default:
    }
  }

  #joined(inc: string): void {
    if (!this.#nodes.has(inc)) this.#nodes.set(inc, { fenced: false, fenceKnownSinceMono: 0 });
  }

  #fenced(inc: string): void {
    const node = this.#nodes.get(inc);
    if (node === undefined || node.fenced) return;
    node.fenced = true;
    node.fenceKnownSinceMono = this.#mono();
    this.#listener.fenced(inc);
  }

  #left(inc: string): void {
    if (this.#nodes.delete(inc)) this.#listener.left(inc);
  }
}
