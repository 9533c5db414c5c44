import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EventLog, UnknownOutcome } from '@app/ports';
import type { Commit } from '@app/ports';
import Database from 'libsql';

/** Written into the file; another number means another program's or a later version's file. */
const FORMAT = 1;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS commits (
    pos INTEGER PRIMARY KEY,
    prev TEXT NOT NULL,
    tags TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS commit_tags (
    tag TEXT NOT NULL,
    pos INTEGER NOT NULL,
    PRIMARY KEY (tag, pos)
  ) STRICT, WITHOUT ROWID;
`;

interface CommitRow {
  readonly pos: number;
  readonly prev: string;
  readonly tags: string;
  readonly body: string;
}

const prepareStatements = (db: Database.Database) => ({
  insertCommit: db.prepare<[number, string, string, string]>(
    'INSERT INTO commits (pos, prev, tags, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
  insertTag: db.prepare<[string, number]>('INSERT INTO commit_tags (tag, pos) VALUES (?, ?)'),
  headPos: db.prepare<[]>('SELECT coalesce(max(pos), 0) AS pos FROM commits'),
  readFrom: db.prepare<[number, number]>('SELECT pos, prev, tags, body FROM commits WHERE pos >= ? ORDER BY pos LIMIT ?'),
  readBack: db.prepare<[number, number]>('SELECT pos, prev, tags, body FROM commits WHERE pos <= ? ORDER BY pos DESC LIMIT ?'),
  readTagged: db.prepare<[string, number]>(
    `SELECT c.pos, c.prev, c.tags, c.body FROM commit_tags t CROSS JOIN commits c ON c.pos = t.pos
     WHERE t.tag = ? AND t.pos <= ? ORDER BY t.pos`),
});

/**
 * The log in one SQLite file. A batch is one transaction, and so one fsync. Other processes may write to the same file:
 * every statement ends before its method returns, so that no read is held to an old snapshot.
 */
export class SqliteEventLog extends EventLog {
  readonly #db: Database.Database;
  readonly #sql: ReturnType<typeof prepareStatements>;

  private constructor(db: Database.Database) {
    super();
    this.#db = db;
    this.#sql = prepareStatements(db);
  }

  /** Makes the file and its folder where they are missing, unless `readOnly`. Throws one readable Error. */
  static open(path: string, options: { readonly readOnly?: boolean } = {}): SqliteEventLog {
    const readOnly = options.readOnly === true;
    try {
      if (!readOnly) mkdirSync(dirname(path), { recursive: true });
      return new SqliteEventLog(readOnly ? openToRead(path) : openToWrite(path));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const problem = readOnly ? `The log ${path} cannot be read` : `The data folder ${dirname(path)} cannot be written`;
      throw new Error(`${problem}: ${reason}`, { cause: error });
    }
  }

  async insert(commits: readonly Commit[]): Promise<number> {
    if (commits.length === 0) return 0;
    this.#db.exec('BEGIN IMMEDIATE');
    let stored: number;
    try {
      stored = this.#insertUntilTaken(commits);
    } catch (error) {
      this.#rollBack();
      throw error;
    }
    try {
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      throw new UnknownOutcome(error);
    }
    return stored;
  }

  async readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    return this.#sql.readFrom.all(fromPos, limit).map(toCommit);
  }

  async readBack(pos: number, limit: number): Promise<readonly Commit[]> {
    return this.#sql.readBack.all(pos, limit).map(toCommit);
  }

  async readTagged(tag: string, uptoPos = Number.MAX_SAFE_INTEGER): Promise<readonly Commit[]> {
    return this.#sql.readTagged.all(tag, uptoPos).map(toCommit);
  }

  async readHead(): Promise<Commit | null> {
    const [newest] = await this.readBack(Number.MAX_SAFE_INTEGER, 1);
    return newest ?? null;
  }

  async close(): Promise<void> {
    if (this.#db.open) this.#db.close();
  }

  #insertUntilTaken(commits: readonly Commit[]): number {
    let expectedPos = this.#headPos() + 1;
    let stored = 0;
    for (const { pos, prev, tags, body } of commits) {
      if (pos > expectedPos) throw new Error(`A commit at ${pos} would leave a hole in the log: its next position is ${expectedPos}.`);
      if (pos < expectedPos || this.#sql.insertCommit.run(pos, prev, JSON.stringify(tags), body).changes === 0) break;
      for (const tag of tags) this.#sql.insertTag.run(tag, pos);
      stored += 1;
      expectedPos += 1;
    }
    return stored;
  }

  #headPos(): number {
    const [row] = this.#sql.headPos.all();
    return (row as { readonly pos: number }).pos;
  }

  #rollBack(): void {
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
  }
}

function openToWrite(path: string): Database.Database {
  const db = new Database(path);
  db.pragma('busy_timeout = 5000');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  const format = formatOf(db);
  if (format === 0) {
    // In one transaction: another process that starts now sees either nothing or a whole log.
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${FORMAT}; COMMIT`);
  } else {
    requireFormat(format);
  }
  return db;
}

/** The driver knows neither `fileMustExist` nor `readonly`: a missing file would be made, and a write would be done. */
function openToRead(path: string): Database.Database {
  if (!existsSync(path)) throw new Error('there is no such file');
  const db = new Database(path);
  db.pragma('busy_timeout = 5000');
  requireFormat(formatOf(db));
  db.pragma('query_only = 1');
  return db;
}

function formatOf(db: Database.Database): number {
  const [row] = db.prepare('PRAGMA user_version').all();
  return (row as { readonly user_version: number }).user_version;
}

function requireFormat(format: number): void {
  if (format !== FORMAT) throw new Error(`the file has format ${format}, this version of Keyfence reads format ${FORMAT}`);
}

function toCommit(row: unknown): Commit {
  const { pos, prev, tags, body } = row as CommitRow;
  return { pos, prev, tags: JSON.parse(tags) as string[], body };
}
