import { rmSync } from 'node:fs';
import type Database from 'libsql';
import { openConnection, OPENING_WAIT_MS, waitForLocks, LOCK_WAIT_MS } from './sqlite-connection.js';
import { VIEWS_SCHEMA, VIEWS_SCHEMA_VERSION } from './views-schema.js';

export type SqlValue = string | number | null;

export interface ViewsFileOptions {
  /** False for a process that does not hold the folder's lock, because another may be working on the file. */
  readonly mayRecreate?: boolean;
  /** How long to wait at the opening for another process that has the file locked. */
  readonly openingWaitMs?: number;
}

/**
 * `views.db`: the read models of one process, deletable. A file of another schema is deleted and rebuilt,
 * because everything in it can be projected again from the log; a migration would be code that only rebuilds can test.
 */
export class ViewsFile {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();
  readonly #numbers = new Map<string, number>();

  constructor(path: string, { mayRecreate = true, openingWaitMs = OPENING_WAIT_MS }: ViewsFileOptions = {}) {
    this.#db = openCurrent(path, openingWaitMs) ?? createAnew(path, mayRecreate, openingWaitMs);
    // Checkpoints are rare on purpose: ids are random, so every row dirties pages of its own, and a rebuild would copy each page
    // into the file again and again.
    this.#db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384');
  }

  all<Row>(sql: string, ...params: readonly SqlValue[]): readonly Row[] {
    return this.#prepare(sql).all(...params) as Row[];
  }

  /** The one row of an aggregate. */
  count(sql: string, ...params: readonly SqlValue[]): number {
    return this.all<{ readonly n: number }>(sql, ...params)[0]?.n ?? 0;
  }

  /** How many rows were written. */
  run(sql: string, ...params: readonly SqlValue[]): number {
    return this.#prepare(sql).run(...params).changes;
  }

  /** All or nothing. IMMEDIATE, because a transaction that begins with a read could not wait for another writer. */
  transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** For work of a start, which may wait for another process: nothing validates yet. */
  patiently(work: () => void): void {
    waitForLocks(this.#db, OPENING_WAIT_MS);
    try {
      work();
    } finally {
      waitForLocks(this.#db, LOCK_WAIT_MS);
    }
  }

  /** Indexes begin with a small number instead of the environment's id: that makes a count over a million keys five times faster. */
  environmentNumber(environmentId: string): number | null {
    const known = this.#numbers.get(environmentId);
    if (known !== undefined) return known;
    const [row] = this.all<{ readonly number: number }>('SELECT number FROM environment_numbers WHERE id = ?', environmentId);
    if (row !== undefined) this.#numbers.set(environmentId, row.number);
    return row?.number ?? null;
  }

  /** Not inside a transaction: a rollback would leave a remembered number that is not stored. */
  giveEnvironmentNumber(environmentId: string): number {
    const given = this.environmentNumber(environmentId);
    if (given !== null) return given;
    this.run('INSERT OR IGNORE INTO environment_numbers (id) VALUES (?)', environmentId);
    return this.environmentNumber(environmentId) ?? this.giveEnvironmentNumber(environmentId);
  }

  /**
   * Writes everything into the one file, for a caller that moves it: the driver lets go of a closed file only when its statements are collected,
   * and until then rows may lie in the side file alone.
   */
  checkpoint(): void {
    this.all('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.open) this.#db.close();
  }

  #prepare(sql: string): Database.Statement<unknown[]> {
    const prepared = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

const versionOf = (db: Database.Database): number => {
  const [row] = db.prepare('PRAGMA user_version').all() as { readonly user_version: number }[];
  return row?.user_version ?? 0;
};

/** Not a database, or a damaged one: projected again like one of another schema. A locked one is neither, and must not be deleted. */
const isDamage = (error: unknown): boolean => error instanceof Error && 'code' in error && /^SQLITE_(NOTADB|CORRUPT)/.test(String(error.code));

const openCurrent = (path: string, waitMs: number): Database.Database | null => {
  let version: number | null = null;
  const db = openConnection(path, (opened) => (version = versionOrDamage(opened)), waitMs);
  if (version === VIEWS_SCHEMA_VERSION) return db;
  db.close();
  return null;
};

/** Null for a file that is damaged or is not a database. */
const versionOrDamage = (db: Database.Database): number | null => {
  try {
    return versionOf(db);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return null;
  }
};

const createAnew = (path: string, mayRecreate: boolean, waitMs: number): Database.Database => {
  if (!mayRecreate) throw new Error(`The read models ${path} are of another version of Keyfence than this command. Use that version, or stop the server.`);
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const prepare = (db: Database.Database): void => {
    db.exec('PRAGMA journal_mode = WAL');
    // The version is written with the tables, so that a kill in between leaves a file of version 0, not half of this one.
    db.exec(`BEGIN; ${VIEWS_SCHEMA} PRAGMA user_version = ${VIEWS_SCHEMA_VERSION}; COMMIT`);
  };
  return openConnection(path, prepare, waitMs);
};
