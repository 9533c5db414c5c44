import Database from 'libsql';

/**
 * How long a statement waits for a lock of another connection. The driver waits on the thread that calls it, and in one process that is the
 * thread that validates: a longer wait would hold up every validation for as long as another program holds the lock. Nothing is lost by a short
 * one, because the runner, the projections and the usage counter each try again.
 */
export const LOCK_WAIT_MS = 5;
/** At a start nothing validates yet, and another process may be opening or closing the file at this moment. */
export const OPENING_WAIT_MS = 5_000;

/**
 * Opens a file and prepares it with the long wait; from then on its statements have the short one.
 * @param prepare pragmas, schema and version; when it throws, the connection is closed
 */
export const openConnection = (path: string, prepare: (db: Database.Database) => void, openingWaitMs = OPENING_WAIT_MS): Database.Database => {
  const db = new Database(path, { timeout: openingWaitMs });
  try {
    prepare(db);
    waitForLocks(db, LOCK_WAIT_MS);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** For an operator's command that only looks at a file: nothing validates in its process, so it may wait. */
export const openToInspect = (path: string): Database.Database => new Database(path, { timeout: OPENING_WAIT_MS });

/** Statements from now on wait up to `waitMs` for a lock. */
export const waitForLocks = (db: Database.Database, waitMs: number): void => {
  db.exec(`PRAGMA busy_timeout = ${waitMs}`);
};
