import { join } from 'node:path';
import {
  SqliteDirectoryViews, SqliteEventLog, SqliteKeyViews, SqliteUsageStore, SqliteViewStore, ViewsFile,
} from '@app/adapters/sqlite';
import { CommandRunner, LogTail, StateCache } from '@app/log';
import { Clock, DirectoryViews, EventLog, KeyViews, SystemClock, UsageStore, ViewStore } from '@app/ports';

/** The stores of one process and what runs on the log, once per process. */
export interface Core {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly tail: LogTail;
  readonly states: StateCache;
  readonly runner: CommandRunner;
  readonly views: ViewStore;
  readonly directoryViews: DirectoryViews;
  readonly keyViews: KeyViews;
  readonly usage: UsageStore;
  /** In this order: no new commands, no reading, then the files. */
  close(): Promise<void>;
}

export interface CoreFailures {
  /** Memory no longer agrees with the log: the process must exit. */
  readonly fatal: (error: Error) => void;
  readonly store: (error: unknown) => void;
}

/** Opens the files of a data folder (`log.db`, `views.db`, `usage.db`) and starts following the log. `alone`: no other process has them open. */
export const openCore = async (dataDir: string, failures: CoreFailures, { alone }: { readonly alone: boolean }): Promise<Core> => {
  const clock = new SystemClock();
  const log = SqliteEventLog.open(join(dataDir, 'log.db'));
  const viewsFile = new ViewsFile(join(dataDir, 'views.db'), { mayRecreate: alone });
  const usage = new SqliteUsageStore(join(dataDir, 'usage.db'));
  const tail = new LogTail(log, { clock, onFatal: failures.fatal, onReadError: failures.store });
  await tail.start();
  const states = new StateCache(log, tail);
  const runner = new CommandRunner(log, tail, states, { clock, onStoreError: failures.store });
  const views = new SqliteViewStore(viewsFile);
  return {
    clock, log, tail, states, runner, views, usage,
    directoryViews: new SqliteDirectoryViews(viewsFile),
    keyViews: new SqliteKeyViews(viewsFile),
    close: async () => {
      await runner.stop();
      await tail.stop();
      await usage.close();
      await views.close();
      await log.close();
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
