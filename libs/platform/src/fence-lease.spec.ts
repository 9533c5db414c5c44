import { describe, expect, it } from 'vitest';
import { decideChangeLease, decideOpenRegistry, tags } from '@app/domain';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { MemoryViewStore } from '@test/support/log/memory-view-store.js';
import { type Core, openCore } from './core.js';
import { agreeOnLease, awaitLease, watchLease } from './fence-lease.js';
import { BadSettings } from './settings/settings-reader.js';

/** What this suite uses of a core is the log. */
const coreOn = (log: MemoryEventLog): Promise<Core> => {
  const unused = {} as Pick<Core, 'directoryViews' | 'keyViews' | 'usage'>;
  return openCore({ log, views: new MemoryViewStore(), ...unused, close: () => Promise.resolve() }, { fatal: () => undefined, store: () => undefined });
};
const changeTo = (core: Core, leaseMs: number): Promise<unknown> =>
  core.runner.run({ commandId: `to-${leaseMs}`, actor: 'operator', tags: [tags.registry], decide: (view) => decideChangeLease(leaseMs, view.registry()) });

describe('the lease', () => {
  it("of a new log is the first replica's, and every other goes by it, also one that starts at the same moment", async () => {
    const log = new MemoryEventLog();
    const [first, second] = [await coreOn(log), await coreOn(log)];
    expect(await Promise.all([agreeOnLease(first, 2_000), agreeOnLease(second, null)])).toSatisfy(([one, other]) => one === other);
    await expect(agreeOnLease(second, 3_000)).rejects.toThrow(BadSettings);
    await Promise.all([first.close(), second.close()]);
  });

  it('is waited for by who may not open the registry', async () => {
    const log = new MemoryEventLog();
    const [keys, directory] = [await coreOn(log), await coreOn(log)];
    const waited = new Promise<void>((resolve) => {
      void awaitLease(directory, null, resolve, new AbortController().signal).then((leaseMs) => expect(leaseMs).toBe(4_000));
    });
    await waited;
    await keys.runner.run({ commandId: 'open', actor: 'system', decide: () => decideOpenRegistry(4_000) });
    expect(await awaitLease(directory, null, () => undefined, new AbortController().signal)).toBe(4_000);
    await Promise.all([keys.close(), directory.close()]);
  });

  it('that is changed ends a process that began with another: it would acknowledge changes too early', async () => {
    const log = new MemoryEventLog();
    const [keys, operator] = [await coreOn(log), await coreOn(log)];
    const leaseMs = await agreeOnLease(keys, 1_000);
    const ended = new Promise<Error>((resolve) => void watchLease(keys, leaseMs, resolve));
    await operator.tail.probe();
    await changeTo(operator, 30_000);
    keys.tail.doorbell();
    expect((await ended).message).toBe('The lease is now 30000 ms, but this process started with 1000 ms.');
    await Promise.all([keys.close(), operator.close()]);
  });

  it('that changed before the watch began is found too', async () => {
    const log = new MemoryEventLog();
    const keys = await coreOn(log);
    const leaseMs = await agreeOnLease(keys, 1_000);
    await changeTo(keys, 2_000);
    const errors: Error[] = [];
    await watchLease(keys, leaseMs, (error) => void errors.push(error));
    expect(errors).toHaveLength(1);
    await keys.close();
  });
});
