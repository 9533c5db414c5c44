import { isUtf8 } from 'node:buffer';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EventLog, UnknownOutcome, UnreadableCommit } from '@app/ports';
import type { Commit, LogProblem } from '@app/ports';
import type Database from 'libsql';
import { checkTagIndex } from './tag-index.js';
import { checkPages } from './log-file-check.js';
import { openLogToRead, openLogToWrite } from './log-file.js';
import type { OpenedLogFile } from './log-file.js';

/** Text comes as text, or as its bytes where the file was opened to be read. */
type StoredText = string | ArrayBuffer | null;

interface CommitRow {
  readonly pos: number;
  readonly prev: StoredText;
  readonly tags: StoredText;
  readonly body: StoredText;
  readonly hash: StoredText;
}

const prepareStatements = ({ db, columns }: OpenedLogFile) => ({
  headPos: db.prepare<[]>('SELECT coalesce(max(pos), 0) AS pos FROM commits'),
  readFrom: db.prepare<[number, number]>(`SELECT ${columns} FROM commits c WHERE c.pos >= ? ORDER BY c.pos LIMIT ?`),
  readBack: db.prepare<[number, number]>(`SELECT ${columns} FROM commits c WHERE c.pos <= ? ORDER BY c.pos DESC LIMIT ?`),
  readTagged: db.prepare<[string, number]>(
    `SELECT ${columns} FROM commit_tags t CROSS JOIN commits c ON c.pos = t.pos
     WHERE t.tag = ? AND t.pos <= ? ORDER BY t.pos`,
  ),
});

const prepareInserts = ({ db }: OpenedLogFile) => ({
  commit: db.prepare<[number, string, string, string, string | null]>(
    'INSERT INTO commits (pos, prev, tags, body, hash) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  ),
  tag: db.prepare<[string, number]>('INSERT INTO commit_tags (tag, pos) VALUES (?, ?)'),
});

/**
 * The log in one SQLite file. A batch is one transaction, and so one fsync. Other processes may write to the same file:
 * every statement ends before its method returns, so that no read is held to an old snapshot.
 */
export class SqliteEventLog extends EventLog {
  readonly #db: Database.Database;
  readonly #sql: ReturnType<typeof prepareStatements>;
  readonly #inserts: ReturnType<typeof prepareInserts> | null;

  private constructor(file: OpenedLogFile, readOnly: boolean) {
    super();
    this.#db = file.db;
    this.#sql = prepareStatements(file);
    this.#inserts = readOnly ? null : prepareInserts(file);
  }

  /** Makes the file and its folder where they are missing, unless `readOnly`. Throws one readable Error. */
  static open(path: string, options: { readonly readOnly?: boolean } = {}): SqliteEventLog {
    const readOnly = options.readOnly === true;
    try {
      if (!readOnly) mkdirSync(dirname(path), { recursive: true });
      return new SqliteEventLog(readOnly ? openLogToRead(path) : openLogToWrite(path), readOnly);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const problem = readOnly ? `The log ${path} cannot be read` : `The data folder ${dirname(path)} cannot be written`;
      throw new Error(`${problem}: ${reason}`, { cause: error });
    }
  }

  async insert(commits: readonly Commit[]): Promise<number> {
    if (commits.length === 0) return 0;
    if (this.#inserts === null) throw new Error('The log was opened to be read.');
    this.#db.exec('BEGIN IMMEDIATE');
    let stored: number;
    try {
      stored = this.#insertUntilTaken(commits, this.#inserts);
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

  async checkIndex(): Promise<LogProblem | null> {
    return checkTagIndex(this.#db);
  }

  /** What SQLite finds wrong with the structure of its file, in its words. Reads all of it. */
  checkPages(): readonly string[] {
    return checkPages(this.#db);
  }

  async close(): Promise<void> {
    if (this.#db.open) this.#db.close();
  }

  #insertUntilTaken(commits: readonly Commit[], inserts: ReturnType<typeof prepareInserts>): number {
    let expectedPos = this.#headPos() + 1;
    let stored = 0;
    for (const { pos, prev, tags, body, hash } of commits) {
      if (pos > expectedPos) throw new Error(`A commit at ${pos} would leave a hole in the log: its next position is ${expectedPos}.`);
      if (pos < expectedPos || inserts.commit.run(pos, prev, JSON.stringify(tags), body, hash).changes === 0) break;
      for (const tag of tags) inserts.tag.run(tag, pos);
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

function toCommit(row: unknown): Commit {
  const { pos, prev, tags, body, hash } = row as CommitRow;
  return {
    pos,
    prev: textOf(pos, 'prev', prev),
    tags: tagsOf(pos, tags),
    body: textOf(pos, 'body', body),
    hash: hash === null ? null : textOf(pos, 'hash', hash),
  };
}

function textOf(pos: number, column: string, value: StoredText): string {
  if (typeof value === 'string') return value;
  if (value instanceof ArrayBuffer && isUtf8(value)) return Buffer.from(value).toString('utf8');
  throw new UnreadableCommit(pos, `its ${column} is not a text`);
}

function tagsOf(pos: number, value: StoredText): readonly string[] {
  const text = textOf(pos, 'tags', value);
  let tags: unknown;
  try {
    tags = JSON.parse(text);
  } catch {
    throw new UnreadableCommit(pos, 'its tags are not JSON');
  }
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  throw new UnreadableCommit(pos, 'its tags are not a list of texts');
}
