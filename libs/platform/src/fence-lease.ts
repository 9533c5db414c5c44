import { decideOpenRegistry, type RegistryState, tags } from '@app/domain';
import type { Core } from './core.js';
import { BadSettings } from './settings/settings-reader.js';

const DEFAULT_LEASE_MS = 5_000;

/** For a position that was seen in the store to reach memory, however busy the machine is. */
const APPLIED_MS = 30_000;

/**
 * The lease in the log. A new log gets the setting's; an existing log refuses another (fence.md, "Parameters"). Resolves when this
 * process has applied the registry's first event: another replica may have written it a moment ago, and the authority reads its own head.
 */
export const agreeOnLease = async (core: Core, settingMs: number | null): Promise<number> => {
  const wantedMs = settingMs ?? DEFAULT_LEASE_MS;
  const found = await core.states.load(tags.registry);
  const isNew = (found.state as RegistryState).leaseMs === null;
  const opening = { commandId: 'first-start-registry', actor: 'system', decide: () => decideOpenRegistry(wantedMs) };
  await core.tail.waitFor(isNew ? (await core.runner.run(opening)).pos : found.pos, APPLIED_MS);
  const { leaseMs } = (await core.states.load(tags.registry)).state as RegistryState;
  return agreed(leaseMs ?? wantedMs, settingMs);
};

/**
 * For a process that has read its lease: calls `onChanged` if the log has another one. A process that kept the old one
 * would acknowledge changes too early for nodes with leases of the new length.
 */
export const watchLease = async (core: Pick<Core, 'tail' | 'states'>, leaseMs: number, onChanged: (error: Error) => void): Promise<void> => {
  const compare = (nowMs: number): void => {
    if (nowMs !== leaseMs) onChanged(new Error(`The lease is now ${nowMs} ms, but this process started with ${leaseMs} ms.`));
  };
  core.tail.onApply(({ events }) => {
    for (const event of events) if (event.type === 'registry.lease-changed.v1') compare(event.data.leaseMs);
  });
  // It may have changed unnoticed since `leaseMs` was read.
  compare(((await core.states.load(tags.registry)).state as RegistryState).leaseMs ?? leaseMs);
};

const LOOK_EVERY_MS = 200;

/**
 * For a process that follows the log and does not open its registry, which belongs to keys: waits until that has been done. `onWait`
 * is called once, if there is something to wait for.
 */
export const awaitLease = async (core: Core, settingMs: number | null, onWait: () => void, stopped: AbortSignal): Promise<number> => {
  for (let waited = false; !stopped.aborted; waited = true) {
    const { leaseMs } = (await core.states.load(tags.registry)).state as RegistryState;
    if (leaseMs !== null) return agreed(leaseMs, settingMs);
    if (!waited) onWait();
    await core.clock.sleep(LOOK_EVERY_MS, stopped);
    await core.tail.probe(LOOK_EVERY_MS * 10).catch(() => 0);
  }
  throw new Error('The process was stopped before the log had a registry.');
};

const agreed = (leaseMs: number, settingMs: number | null): number => {
  if (settingMs === null || settingMs === leaseMs) return leaseMs;
  throw new BadSettings([
    `FENCE_LEASE_MS is ${settingMs}, but this log was created with ${leaseMs}.`,
    `Leave it out, or change the log with: npm run keyfence -- fence lease --ms ${settingMs}`,
  ]);
};
