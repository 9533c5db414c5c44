import type { DomainEvent, LogPosition } from '../log-events.js';

export interface RegistryState {
  /** Null until `registry.opened.v1`. */
  readonly leaseMs: number | null;
  /** Every node that has joined and not left, with the position of its join; `fenced` is the position of its fence or null. */
  readonly nodes: Readonly<Record<string, { readonly joinedPos: number; readonly fencedPos: number | null }>>;
}

export const initialRegistry: RegistryState = { leaseMs: null, nodes: {} };

const nodeOf = (state: RegistryState, incarnation: string) => (Object.hasOwn(state.nodes, incarnation) ? state.nodes[incarnation] : undefined);

// Repeated joins, fences and leavings change nothing: the first one in log order decides, identically on every replica.
const joined = (state: RegistryState, incarnation: string, pos: number): RegistryState =>
  nodeOf(state, incarnation) === undefined ? { ...state, nodes: { ...state.nodes, [incarnation]: { joinedPos: pos, fencedPos: null } } } : state;

const fenced = (state: RegistryState, incarnation: string, pos: number): RegistryState => {
  const node = nodeOf(state, incarnation);
  if (node === undefined || node.fencedPos !== null) return state;
  return { ...state, nodes: { ...state.nodes, [incarnation]: { ...node, fencedPos: pos } } };
};

const left = (state: RegistryState, incarnation: string): RegistryState =>
  nodeOf(state, incarnation) === undefined
    ? state
    : { ...state, nodes: Object.fromEntries(Object.entries(state.nodes).filter(([other]) => other !== incarnation)) };

/** The fold of the tag `registry`. */
export const evolveRegistry = (state: RegistryState, event: DomainEvent, placed: LogPosition): RegistryState => {
  switch (event.type) {
    case 'registry.opened.v1':
      return state.leaseMs === null ? { ...state, leaseMs: event.data.leaseMs } : state;
    case 'registry.lease-changed.v1':
      return { ...state, leaseMs: event.data.leaseMs };
    case 'registry.node-joined.v1':
      return joined(state, event.data.inc, placed.pos);
    case 'registry.node-fenced.v1':
      return fenced(state, event.data.inc, placed.pos);
    case 'registry.node-left.v1':
      return left(state, event.data.inc);
    default:
      return state;
  }
};
