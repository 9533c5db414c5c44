import type { Fact } from '../fact.js';

/** The fence's own records: tag `registry`. Never relayed to others. */
export type RegistryEvent =
  | Fact<'registry.opened.v1', { leaseMs: number }>
  | Fact<'registry.lease-changed.v1', { leaseMs: number }>
  | Fact<'registry.node-joined.v1', { inc: string }>
  | Fact<'registry.node-fenced.v1', { inc: string }>
  | Fact<'registry.node-left.v1', { inc: string }>;
