import type { EventDeclaration, EventTable, Fact } from '../fact.js';

/** The fence's own records: tag `registry`. Never relayed to others. */
export type RegistryEvent =
  | Fact<'registry.opened.v1', { leaseMs: number }>
  | Fact<'registry.lease-changed.v1', { leaseMs: number }>
  // `inc` is the incarnation: stored names never change.
  | Fact<'registry.node-joined.v1', { inc: string }>
  | Fact<'registry.node-fenced.v1', { inc: string }>
  | Fact<'registry.node-left.v1', { inc: string }>;

/** For the fence alone: it folds these itself, and no other team sees them. */
const INTERNAL = { changes: null, personal: [], public: null, claims: null } satisfies EventDeclaration<unknown>;

export const REGISTRY_EVENTS: EventTable<RegistryEvent> = {
  'registry.opened.v1': INTERNAL,
  'registry.lease-changed.v1': INTERNAL,
  'registry.node-joined.v1': INTERNAL,
  'registry.node-fenced.v1': INTERNAL,
  'registry.node-left.v1': INTERNAL,
};
