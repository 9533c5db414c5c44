import type { DomainEvent, RegistryState } from '@app/domain';
import type { AppliedCommit } from './authority-log.js';

interface RegisteredNode {
  fenced: boolean;
  /** When this replica itself learned of the fence, on its own clock; a position would not say how long ago that was. */
  fenceKnownSinceMono: number;
}

export interface RegistryListener {
  fenced(incarnation: string): void;
  left(incarnation: string): void;
}

/** The nodes that may hold a lease, according to the log up to the position applied here. A node counts until it has left. */
export class NodeRegistry {
  readonly #nodes = new Map<string, RegisteredNode>();
  readonly #mono: () => number;
  readonly #listener: RegistryListener;

  constructor(mono: () => number, listener: RegistryListener) {
    this.#mono = mono;
    this.#listener = listener;
  }

  load(state: RegistryState): void {
    for (const [incarnation, node] of Object.entries(state.nodes)) {
      this.#joined(incarnation);
      if (node.fencedPos !== null) this.#fenced(incarnation);
    }
  }

  fold(commit: AppliedCommit): void {
    for (const event of commit.events) this.#apply(event);
  }

  /** Joined, not left: fenced nodes too, because one may still hold the lease it had when it was fenced. */
  counted(): string[] {
    return [...this.#nodes.keys()];
  }

  mayRenew(incarnation: string): boolean {
    return this.#nodes.get(incarnation)?.fenced === false;
  }

  /** Milliseconds since this replica learned that `incarnation` is fenced; null if it is not fenced or has left. */
  fenceKnownForMs(incarnation: string): number | null {
    const node = this.#nodes.get(incarnation);
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

  #joined(incarnation: string): void {
    if (!this.#nodes.has(incarnation)) this.#nodes.set(incarnation, { fenced: false, fenceKnownSinceMono: 0 });
  }

  #fenced(incarnation: string): void {
    const node = this.#nodes.get(incarnation);
    if (node === undefined || node.fenced) return;
    node.fenced = true;
    node.fenceKnownSinceMono = this.#mono();
    this.#listener.fenced(incarnation);
  }

  #left(incarnation: string): void {
    if (this.#nodes.delete(incarnation)) this.#listener.left(incarnation);
  }
}
