import { decideChangeLease, type DomainEvent, type RegistryState, tags } from '@app/domain';
import { CommandRunner, LogTail, StateCache, type StateView } from '@app/log';
import { newCommandId } from '@app/platform';
import type { EventLog } from '@app/ports';

/** The log with what is needed to read or change its registry. */
const followLog = async (log: EventLog) => {
  const tail = new LogTail(log);
  await tail.start();
  const states = new StateCache(log, tail);
  const runner = new CommandRunner(log, tail, states);
  const registry = async (): Promise<RegistryState> => (await states.load(tags.registry)).state as RegistryState;
  return {
    registry,
    readLeaseMs: async (): Promise<number> => (await registry()).leaseMs ?? 0,
    /** `assertUnused` is called at the position of the change itself, so that it sees a process that joined a moment ago. */
    changeLease: async (leaseMs: number, assertUnused: (registry: RegistryState) => void = () => undefined): Promise<void> => {
      const decide = (view: StateView): readonly DomainEvent[] => {
        assertUnused(view.registry());
        return decideChangeLease(leaseMs, view.registry());
      };
      await runner.run({ commandId: newCommandId(), actor: 'operator', decide });
    },
    stop: async (): Promise<void> => {
      await runner.stop();
      await tail.stop();
    },
  };
};

/** Follows the log for as long as `work` takes, then closes it. */
export const whileFollowed = async <Result>(log: EventLog, work: (followed: Awaited<ReturnType<typeof followLog>>) => Promise<Result>): Promise<Result> => {
  const followed = await followLog(log);
  try {
    return await work(followed);
  } finally {
    await followed.stop();
    await log.close();
  }
};
