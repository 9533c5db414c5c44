import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type Database from 'libsql';
import { openConnection, openToInspect } from './sqlite-connection.js';

/** Written into the file; another number means another program's or a later version's file. */
const FORMAT = 2;
/** Commits without their own hash. */
const FIRST_FORMAT = 1;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS commits (
    pos INTEGER PRIMARY KEY,
    prev TEXT NOT NULL,
    tags TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS commit_tags (
    tag TEXT NOT NULL,
    pos INTEGER NOT NULL,
    PRIMARY KEY (tag, pos)
  ) STRICT, WITHOUT ROWID;
`;

/** How a commit is selected: by aliases, because names that the file itself gives may be damaged too. */
const COLUMNS = 'c.pos AS pos, c.prev AS prev, c.tags AS tags, c.body AS body, c.hash AS hash';

export interface OpenedLogFile {
  readonly db: Database.Database;
  /** For a SELECT from `commits AS c`. */
  readonly columns: string;
}

export function openLogToWrite(path: string): OpenedLogFile {
  return { db: openConnection(path, prepareLog), columns: COLUMNS };
}

function prepareLog(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  const format = formatOf(db);
  if (format === 0) {
    // In one transaction: another process that starts now sees either nothing or a whole log.
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${FORMAT}; COMMIT`);
  } else if (format === FIRST_FORMAT) {
    upgrade(db);
  } else {
    requireFormat(format, [FORMAT]);
  }
}

/**
 * Text comes as bytes: the driver aborts the whole process if text is not UTF-8, and an operator's command must be able to
 * report a damaged log. That reads at half the speed, so the server does not do it.
 */
export function openLogToRead(path: string): OpenedLogFile {
  if (!existsSync(path)) throw new Error('there is no such file');
  const db = openFileToRead(path);
  let format: number;
  try {
    format = formatOf(db);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // A file that is shorter than it says: SQLite refuses all of it, unless told that the file is about to be repaired.
    db.pragma('writable_schema = 1');
    format = formatOf(db);
  }
  requireFormat(format, [FIRST_FORMAT, FORMAT]);
  const bytes = ['prev', 'tags', 'body'].map((column) => `CAST(c.${column} AS BLOB) AS ${column}`);
  const hash = format === FIRST_FORMAT ? 'NULL' : 'CAST(c.hash AS BLOB)';
  return { db, columns: ['c.pos AS pos', ...bytes, `${hash} AS hash`].join(', ') };
}

/**
 * Changes nothing in the file, even if this is the last connection to close: a checkpoint at that moment would discard
 * what a damaged write-ahead log still holds.
 */
export function openFileToRead(path: string): Database.Database {
  return openToInspect(`${pathToFileURL(path).href}?mode=ro`);
}

const isDamage = (error: unknown): boolean => error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CORRUPT');

/** Takes no longer in a long log: a column that may be null is a change of the schema alone. */
function upgrade(db: Database.Database): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been faster.
    if (formatOf(db) === FIRST_FORMAT) db.exec(`ALTER TABLE commits ADD COLUMN hash TEXT; PRAGMA user_version = ${FORMAT}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function formatOf(db: Database.Database): number {
  const [row] = db.prepare('PRAGMA user_version').all();
  return (row as { readonly user_version: number }).user_version;
}

function requireFormat(format: number, readable: readonly number[]): void {
  if (!readable.includes(format)) throw new Error(`the file has format ${format}, this version of Keyfence reads format ${readable.join(' and ')}`);
}
