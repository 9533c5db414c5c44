import type { DomainEvent } from '../log-events.js';
import { invalidField } from '../refusal.js';
import { tags } from '../tags.js';
import type { RegistryState } from './state.js';

const MIN_LEASE_MS = 1_000;
const MAX_LEASE_MS = 60_000;

const refuseLease = (leaseMs: number): void => {
  if (Number.isSafeInteger(leaseMs) && leaseMs >= MIN_LEASE_MS && leaseMs <= MAX_LEASE_MS) return;
  throw invalidField('leaseMs', `Give whole milliseconds from ${MIN_LEASE_MS} to ${MAX_LEASE_MS}.`);
};

export const decideJoin = (inc: string): readonly DomainEvent[] => [{ type: 'registry.node-joined.v1', tags: [tags.registry], data: { inc } }];

/** Fences those of `incs` that are still in the registry and not fenced yet. */
export const decideFence = (incs: readonly string[], registry: RegistryState): readonly DomainEvent[] =>
  [...new Set(incs)]
    .filter((inc) => Object.hasOwn(registry.nodes, inc) && registry.nodes[inc]?.fencedPos === null)
    .map((inc) => ({ type: 'registry.node-fenced.v1', tags: [tags.registry], data: { inc } }));

export const decideLeave = (inc: string): readonly DomainEvent[] => [{ type: 'registry.node-left.v1', tags: [tags.registry], data: { inc } }];

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
