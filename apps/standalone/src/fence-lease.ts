import { decideOpenRegistry, type RegistryState, tags } from '@app/domain';
import { BadSettings } from '@app/platform';
import type { Core } from './core.js';

const DEFAULT_LEASE_MS = 5_000;

/** The lease as the log has it. A new log is given the setting's; an old one refuses another (fence.md, "Parameters"). */
export const agreeOnLease = async (core: Core, settingMs: number | null): Promise<number> => {
  const leaseMs = settingMs ?? DEFAULT_LEASE_MS;
  const registry = (await core.states.load(tags.registry)).state as RegistryState;
  if (registry.leaseMs === null) {
    await core.runner.run({ commandId: 'first-start-registry', actor: 'system', decide: () => decideOpenRegistry(leaseMs) });
    return leaseMs;
  }
  if (settingMs === null || settingMs === registry.leaseMs) return registry.leaseMs;
  throw new BadSettings([
    `FENCE_LEASE_MS is ${settingMs}, but this log was made with ${registry.leaseMs}.`,
    `Leave it out, or change the log with: npm run keyfence -- fence lease --ms ${settingMs}`,
  ]);
};
