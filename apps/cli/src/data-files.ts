import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataFolderInUse, DataLock, SqliteEventLog } from '@app/adapters/sqlite';
import { readDataDir, readSettings } from '@app/platform';
import type { EventLog } from '@app/ports';
import { type DeploymentSecrets, openSecretsFile } from '@app/secrets';
import { whileFollowed } from './follow-log.js';
import { OperatorMistake } from './operator.js';

/** The data folder of a standalone deployment, as the operator's commands see it: it must exist already. */
export class DataFiles {
  readonly dataDir: string;
  private constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static find(env: Readonly<Record<string, string | undefined>>): DataFiles {
    const dataDir = resolve(readSettings(readDataDir, env));
    if (!existsSync(join(dataDir, 'log.db'))) {
      throw new OperatorMistake(`There is no Keyfence log in ${dataDir}. Run npm start once, or set DATA_DIR to your folder.`);
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

  /** True at the moment of the call: a server that starts afterwards reads everything that is in the log by then. */
  serverRuns(): boolean {
    try {
      new DataLock(this.dataDir).release();
      return false;
    } catch (error) {
      if (error instanceof DataFolderInUse) return true;
      throw error;
    }
  }

  /** Holds the folder during the work, so that no server can start. */
  async whileNoServerRuns<Result>(work: () => Promise<Result>): Promise<Result> {
    const lock = this.#takeLock();
    try {
      return await work();
    } finally {
      lock.release();
    }
  }

  readLeaseMs(): Promise<number> {
    return whileFollowed(this.openLog(), (followed) => followed.readLeaseMs());
  }

  changeLease(leaseMs: number): Promise<void> {
    return whileFollowed(SqliteEventLog.open(join(this.dataDir, 'log.db')), (followed) => followed.changeLease(leaseMs));
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
