import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type Database from 'libsql';
import { type ProcessUsageTotal, type UsageCountQuery, UsageStore } from '@app/ports';
import { openConnection } from './sqlite-connection.js';

/** Rows per transaction: validations of the same process wait for at most one of them. */
const ROWS_AT_ONCE = 500;

// The index holds nothing that a later total changes, so a flush rewrites one row per key and no index.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS usage_totals (
  environment_id TEXT NOT NULL, day TEXT NOT NULL, key_id TEXT NOT NULL, inc TEXT NOT NULL,
  user_id TEXT, org_id TEXT, count INTEGER NOT NULL,
  PRIMARY KEY (environment_id, day, key_id, inc)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS usage_of_user ON usage_totals (environment_id, user_id, day) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS usage_of_org ON usage_totals (environment_id, org_id, day) WHERE org_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS last_uses (key_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
`;

const RECORD = `
INSERT INTO usage_totals (environment_id, day, key_id, inc, user_id, org_id, count) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (environment_id, day, key_id, inc) DO UPDATE SET count = excluded.count WHERE excluded.count > count`;
const TOUCH = 'INSERT INTO last_uses (key_id, at) VALUES (?, ?) ON CONFLICT (key_id) DO UPDATE SET at = excluded.at WHERE excluded.at > at';

/** `usage.db`: never deleted with the read models, because nothing can rebuild it. */
export class SqliteUsageStore extends UsageStore {
  readonly #db: Database.Database;

  constructor(path: string) {
    super();
    this.#db = openConnection(path, (db) => {
      // Rows of a flush lie all over a large file: with SQLite's defaults each flush would read and write back thousands of pages.
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -65536');
      db.exec(SCHEMA);
    });
  }

  /** In parts: a repeated total is harmless, so one long transaction would gain nothing. */
  async record(totals: readonly ProcessUsageTotal[]): Promise<void> {
    const record = this.#db.prepare(RECORD);
    const touch = this.#db.prepare(TOUCH);
    const write = this.#db.transaction((piece: readonly ProcessUsageTotal[]) => {
      for (const { environmentId, day, keyId, incarnation, userId, orgId, count, lastUsedAtMs } of piece) {
        record.run(environmentId, day, keyId, incarnation, userId, orgId, count);
        touch.run(keyId, lastUsedAtMs);
      }
    });
    for (let from = 0; from < totals.length; from += ROWS_AT_ONCE) {
      write.immediate(totals.slice(from, from + ROWS_AT_ONCE));
      await eventLoopTurn();
    }
  }

  count({ environmentId, day, keyId, userId, orgId }: UsageCountQuery): Promise<number> {
    const conditions = [
      ...(keyId === null ? [] : [{ sql: ' AND key_id = ?', value: keyId }]),
      ...(userId === null ? [] : [{ sql: ' AND user_id = ?', value: userId }]),
      ...(orgId === null ? [] : [{ sql: ' AND org_id = ?', value: orgId }]),
    ];
    const sql = `SELECT coalesce(sum(count), 0) AS n FROM usage_totals WHERE environment_id = ? AND day = ?${conditions.map((one) => one.sql).join('')}`;
    const [sum] = this.#db.prepare(sql).all(environmentId, day, ...conditions.map((one) => one.value)) as { readonly n: number }[];
    return Promise.resolve(sum?.n ?? 0);
  }

  lastUsed(keyIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = this.#db.prepare('SELECT key_id, at FROM last_uses WHERE key_id IN (SELECT value FROM json_each(?))').all(JSON.stringify(keyIds)) as {
      readonly key_id: string;
      readonly at: number;
    }[];
    return Promise.resolve(new Map(rows.map((row) => [row.key_id, row.at])));
  }

  close(): Promise<void> {
    if (this.#db.open) this.#db.close();
    return Promise.resolve();
  }
}
