import { decideChangeLease, type RegistryState, tags } from '@app/domain';
import { CommandRunner, LogTail, StateCache } from '@app/log';
import { newCommandId } from '@app/platform';
import type { EventLog } from '@app/ports';

/** The log with what is needed to read or change its registry. Whoever opened the log closes it, after `stop`. */
export const followLog = async (log: EventLog) => {
  const tail = new LogTail(log);
  await tail.start();
  const states = new StateCache(log, tail);
  const runner = new CommandRunner(log, tail, states);
  const registry = async (): Promise<RegistryState> => (await states.load(tags.registry)).state as RegistryState;
  return {
    registry,
    readLeaseMs: async (): Promise<number> => (await registry()).leaseMs ?? 0,
    changeLease: async (leaseMs: number): Promise<void> => {
      await runner.run({ commandId: newCommandId(), actor: 'operator', decide: (view) => decideChangeLease(leaseMs, view.registry()) });
    },
    stop: async (): Promise<void> => {
      await runner.stop();
      await tail.stop();
    },
  };
};
