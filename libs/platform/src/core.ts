import { CommandRunner, LogTail, StateCache } from '@app/log';
import { Clock, DirectoryViews, EventLog, KeyViews, SystemClock, UsageStore, ViewStore } from '@app/ports';

/** The stores of a process that follows the log. Closed in one step, after everything that uses them. */
export interface Stores {
  readonly log: EventLog;
  readonly views: ViewStore;
  readonly directoryViews: DirectoryViews;
  readonly keyViews: KeyViews;
  readonly usage: UsageStore;
  close(): Promise<void>;
}

/** The stores of one process and what runs on the log, once per process. */
export interface Core extends Omit<Stores, 'close'> {
  readonly clock: Clock;
  readonly tail: LogTail;
  readonly states: StateCache;
  readonly runner: CommandRunner;
  /** In this order: no new commands, no reading, then the stores. */
  close(): Promise<void>;
}

export interface CoreEvents {
  /** Memory contradicts the log: the process must exit. */
  readonly fatal: (error: Error) => void;
  readonly store: (error: unknown) => void;
  /** Commits of this process have become durable. */
  readonly stored?: () => void;
}

/** Starts following the log. Rejects if its head cannot be read; the stores are closed then. */
export const openCore = async (stores: Stores, { fatal, store, stored = () => undefined }: CoreEvents): Promise<Core> => {
  const clock = new SystemClock();
  const { log, views, directoryViews, keyViews, usage } = stores;
  const tail = new LogTail(log, { clock, onFatal: fatal, onReadError: store });
  try {
    await tail.start();
  } catch (error) {
    await stores.close();
    throw error;
  }
  const states = new StateCache(log, tail);
  const runner = new CommandRunner(log, tail, states, { clock, onStoreError: store, onStored: stored });
  return {
    clock,
    log,
    tail,
    states,
    runner,
    views,
    directoryViews,
    keyViews,
    usage,
    close: async () => {
      await runner.stop();
      await tail.stop();
      await stores.close();
    },
  };
};

/** The core by the classes that modules ask for. */
export const coreProviders = (core: Core) => [
  { provide: Clock, useValue: core.clock },
  { provide: EventLog, useValue: core.log },
  { provide: LogTail, useValue: core.tail },
  { provide: StateCache, useValue: core.states },
  { provide: CommandRunner, useValue: core.runner },
  { provide: ViewStore, useValue: core.views },
  { provide: DirectoryViews, useValue: core.directoryViews },
  { provide: KeyViews, useValue: core.keyViews },
  { provide: UsageStore, useValue: core.usage },
];
