import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataFolderInUse, DataLock, SqliteEventLog } from '@app/adapters/sqlite';
import { decideChangeLease, type RegistryState, tags } from '@app/domain';
import { CommandRunner, LogTail, StateCache } from '@app/log';
import type { EventLog } from '@app/ports';
import { newCommandId } from '@app/platform';
import { type DeploymentSecrets, openSecretsFile } from '@app/secrets';
import { OperatorMistake } from './operator.js';

/** The data folder of a standalone deployment, as the operator's commands see it: it must exist already. */
export class DataFiles {
  readonly dataDir: string;
  private constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static find(env: Readonly<Record<string, string | undefined>>): DataFiles {
    const dataDir = resolve(env['DATA_DIR'] ?? 'data');
    if (!existsSync(join(dataDir, 'log.db'))) {
      throw new OperatorMistake(`There is no Keyfence log in ${dataDir}. Run npm start once, or set DATA_DIR to the folder of yours.`);
    }
    return new DataFiles(dataDir);
  }

  secrets(): DeploymentSecrets {
    return openSecretsFile(this.dataDir, true);
  }

  /** For reading; what this process may write goes through the services. */
  openLog(): EventLog {
    return SqliteEventLog.open(join(this.dataDir, 'log.db'), { readOnly: true });
  }

  /** True at the moment of the question: a server that starts afterwards reads all that is in the log by then. */
  serverRuns(): boolean {
    try {
      new DataLock(this.dataDir).release();
      return false;
    } catch (error) {
      if (error instanceof DataFolderInUse) return true;
      throw error;
    }
  }

  /** Holds the folder meanwhile, so that no server can start either. */
  async whileNoServerRuns<Result>(work: () => Promise<Result>): Promise<Result> {
    const lock = this.#takeLock();
    try {
      return await work();
    } finally {
      lock.release();
    }
  }

  async readLeaseMs(): Promise<number> {
    const followed = await follow(this.openLog());
    try {
      return (await followed.registry()).leaseMs ?? 0;
    } finally {
      await followed.close();
    }
  }

  async changeLease(leaseMs: number): Promise<void> {
    const followed = await follow(SqliteEventLog.open(join(this.dataDir, 'log.db')));
    try {
      await followed.runner.run({ commandId: newCommandId(), actor: 'operator', decide: (view) => decideChangeLease(leaseMs, view.registry()) });
    } finally {
      await followed.close();
    }
  }

  #takeLock(): DataLock {
    try {
      return new DataLock(this.dataDir);
    } catch (error) {
      if (error instanceof DataFolderInUse) throw new OperatorMistake('A server is running on this data folder. Stop it first.');
      throw error;
    }
  }
}

/** The log with what is needed to read or change its registry, until it is closed. */
const follow = async (log: EventLog) => {
  const tail = new LogTail(log);
  await tail.start();
  const states = new StateCache(log, tail);
  const runner = new CommandRunner(log, tail, states);
  return {
    runner,
    registry: async () => (await states.load(tags.registry)).state as RegistryState,
    close: async () => {
      await runner.stop();
      await tail.stop();
      await log.close();
    },
  };
};
