import type { DomainEvent } from '../log-events.js';
import { invalidField } from '../refusal.js';
import { tags } from '../tags.js';
import type { RegistryState } from './state.js';

const MIN_LEASE_MS = 1_000;
const MAX_LEASE_MS = 60_000;

const refuseLease = (leaseMs: number): void => {
  if (Number.isSafeInteger(leaseMs) && leaseMs >= MIN_LEASE_MS && leaseMs <= MAX_LEASE_MS) return;
  throw invalidField('leaseMs', `must be whole milliseconds from ${MIN_LEASE_MS} to ${MAX_LEASE_MS}`);
};

export const decideJoin = (incarnation: string): readonly DomainEvent[] => [
  { type: 'registry.node-joined.v1', tags: [tags.registry], data: { inc: incarnation } },
];

/** Fences those of `incarnations` that are still in the registry and not fenced yet. */
export const decideFence = (incarnations: readonly string[], registry: RegistryState): readonly DomainEvent[] =>
  [...new Set(incarnations)]
    .filter((incarnation) => Object.hasOwn(registry.nodes, incarnation) && registry.nodes[incarnation]?.fencedPos === null)
    .map((incarnation) => ({ type: 'registry.node-fenced.v1', tags: [tags.registry], data: { inc: incarnation } }));

export const decideLeave = (incarnation: string): readonly DomainEvent[] => [
  { type: 'registry.node-left.v1', tags: [tags.registry], data: { inc: incarnation } },
];

export const decideOpenRegistry = (leaseMs: number): readonly DomainEvent[] => {
  refuseLease(leaseMs);
  return [{ type: 'registry.opened.v1', tags: [tags.registry], data: { leaseMs } }];
};

export const decideChangeLease = (leaseMs: number, registry: RegistryState): readonly DomainEvent[] => {
  refuseLease(leaseMs);
  if (registry.leaseMs === null) return decideOpenRegistry(leaseMs);
  if (registry.leaseMs === leaseMs) return [];
  return [{ type: 'registry.lease-changed.v1', tags: [tags.registry], data: { leaseMs } }];
};
