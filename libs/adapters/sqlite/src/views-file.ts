import { rmSync } from 'node:fs';
import Database from 'libsql';
import { VIEWS_SCHEMA, VIEWS_SCHEMA_VERSION } from './views-schema.js';

export type SqlValue = string | number | null;

/**
 * `views.db`: the read models of one process, deletable. A file of another schema is thrown away and begun anew,
 * because everything in it can be projected again from the log; a migration would be code that only rebuilds can test.
 */
export class ViewsFile {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();
  readonly #numbers = new Map<string, number>();

  constructor(path: string) {
    this.#db = openCurrent(path) ?? createAnew(path);
    // Checkpoints are rare on purpose: ids are random, so every row dirties pages of its own, and a rebuild would copy each of them
    // into the file again and again.
    this.#db.exec('PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384');
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

  /** All of it or nothing. IMMEDIATE: a transaction that begins by reading could not wait for another writer's end. */
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

  /** Indexes begin with a small number instead of the environment's id: that makes a count over a million keys five times faster. */
  environmentNumber(environmentId: string): number | null {
    const known = this.#numbers.get(environmentId);
    if (known !== undefined) return known;
    const [row] = this.all<{ readonly number: number }>('SELECT number FROM environment_numbers WHERE id = ?', environmentId);
    if (row !== undefined) this.#numbers.set(environmentId, row.number);
    return row?.number ?? null;
  }

  /** Not inside a transaction: a rollback would leave a remembered number that nobody holds. */
  giveEnvironmentNumber(environmentId: string): number {
    const given = this.environmentNumber(environmentId);
    if (given !== null) return given;
    this.run('INSERT OR IGNORE INTO environment_numbers (id) VALUES (?)', environmentId);
    return this.environmentNumber(environmentId) ?? this.giveEnvironmentNumber(environmentId);
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

const openCurrent = (path: string): Database.Database | null => {
  const db = new Database(path);
  try {
    if (versionOf(db) === VIEWS_SCHEMA_VERSION) return db;
  } catch {
    // Not a database, or a damaged one: projected again like any other.
  }
  db.close();
  return null;
};

const createAnew = (path: string): Database.Database => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const db = new Database(path);
  db.exec('PRAGMA journal_mode = WAL');
  // The version is written with the tables, so that a kill in between leaves a file of version 0, not half of this one.
  db.exec(`BEGIN; ${VIEWS_SCHEMA} PRAGMA user_version = ${VIEWS_SCHEMA_VERSION}; COMMIT`);
  return db;
};
