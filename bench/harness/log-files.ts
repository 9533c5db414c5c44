// Looks at a server's files, not at the server: a question to it would be load of another kind.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import type { Stoppable } from './processes.js';

const POLL_MS = 200;
const PROJECTIONS = ['keys', 'directory'];

export interface WatchedFiles extends Stoppable {
  head(): number;
  /** Up to where every read model has come. */
  projected(): number;
  untilProjected(): Promise<void>;
  /** Commits that write down what a block ended; `causePos`: of that block alone. */
  cascadeChunks(causePos?: number): { readonly chunks: number; readonly lastPos: number };
  posOfBlock(userId: string): number;
  /** Bytes of what the newest commit stores. */
  bytesOfNewest(): number;
}

const openToRead = (dataDir: string, name: string): Database.Database => {
  const db = new Database(join(dataDir, name));
  db.pragma('busy_timeout = 5000');
  db.pragma('query_only = 1');
  return db;
};

export const watchFiles = (dataDir: string): WatchedFiles => {
  const [log, views] = [openToRead(dataDir, 'log.db'), openToRead(dataDir, 'views.db')];
  const numberFrom = (db: Database.Database, sql: string, ...values: readonly string[]): number => {
    const [row] = db.prepare(sql).all(...values) as readonly { readonly value: number | null }[];
    return row?.value ?? 0;
  };
  const head = (): number => numberFrom(log, 'SELECT max(pos) AS value FROM commits');
  const projected = (): number => Math.min(...PROJECTIONS.map((name) => numberFrom(views, 'SELECT pos AS value FROM projections WHERE name = ?', name)));
  return {
    head,
    projected,
    untilProjected: async () => {
      while (projected() < head()) await pause(POLL_MS);
    },
    cascadeChunks: (causePos) => {
      const from = causePos === undefined ? 'command-cascade-' : `command-cascade-${String(causePos)}-`;
      const range = [from, `${from.slice(0, -1)}.`];
      return {
        chunks: numberFrom(log, 'SELECT count(*) AS value FROM commit_tags WHERE tag >= ? AND tag < ?', ...range),
        lastPos: numberFrom(log, 'SELECT max(pos) AS value FROM commit_tags WHERE tag >= ? AND tag < ?', ...range),
      };
    },
    posOfBlock: (userId) => numberFrom(log, 'SELECT max(pos) AS value FROM commit_tags WHERE tag = ?', `user-${userId}`),
    bytesOfNewest: () => numberFrom(log, 'SELECT length(prev) + length(tags) + length(body) AS value FROM commits ORDER BY pos DESC LIMIT 1'),
    stop: async () => {
      log.close();
      views.close();
    },
  };
};
