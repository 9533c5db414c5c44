import { join } from 'node:path';
import Database from 'libsql';

export class DataFolderInUse extends Error {
  constructor(dataDir: string) {
    super(`Another Keyfence is running on the data folder ${dataDir}. Stop it first, or set DATA_DIR to another folder.`);
    this.name = 'DataFolderInUse';
  }
}

/**
 * Holds `lock` in the data folder for as long as the process lives. The operating system releases it when the process ends,
 * for any reason: holding it proves that the previous process has ended, so standalone can drop earlier fence nodes.
 */
export class DataLock {
  readonly #db: Database.Database;
  /** `waitMs`: how long to try. A command that checks for a running server holds the lock for a moment too. */
  constructor(dataDir: string, waitMs = 0) {
    this.#db = new Database(join(dataDir, 'lock'), { timeout: waitMs });
    try {
      this.#db.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      this.#db.close();
      if (error instanceof Error && /locked|busy/i.test(error.message)) throw new DataFolderInUse(dataDir);
      throw error;
    }
  }
  release(): void {
    this.#db.close();
  }
}
