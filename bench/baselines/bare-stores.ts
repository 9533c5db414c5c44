// What the stores themselves need, beside commands, which do the same and more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { mongo } from 'mongoose';
import type { MongoWish } from './baseline-protocol.js';
import type { Work } from './work.js';

/** SQLite on this disk as the log has it (WAL, synchronous FULL), but a table without an index. A batch is one transaction. */
export const durableInserts = (): Work => {
  const folder = mkdtempSync(join(tmpdir(), 'keyfence-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const db = new Database(join(folder, 'rows.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE rows (pos INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
  const insert = db.prepare<[string]>('INSERT INTO rows (body) VALUES (?)');
  return {
    actFor: ({ batch, bytes }) => {
      const body = 'x'.repeat(bytes);
      if (batch === 1) return () => insert.run(body);
      return () => {
        db.exec('BEGIN IMMEDIATE');
        for (let row = 0; row < batch; row += 1) insert.run(body);
        db.exec('COMMIT');
      };
    },
  };
};

const BENCH_DATABASE = 'bench';
const LOG_DATABASE = 'keyfence';
/** The guarantees of the log. */
const WRITE = { ordered: true, writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 } } as const;

interface BareRow {
  readonly _id: string;
  readonly prev: string;
  readonly tags: readonly string[];
  readonly body: string;
  readonly hash: null;
}

const connected = (url: string): Promise<mongo.MongoClient> => mongo.MongoClient.connect(url, { retryWrites: false, retryReads: false });

/** One document or several in order, through the same driver and under the same guarantees as the log. */
export const mongoInserts = async ({ url }: MongoWish): Promise<Work> => {
  const rows = (await connected(url)).db(BENCH_DATABASE).collection<BareRow>('log');
  let next = 0;
  /** As large as a commit and with as many fields, so that the store has the same to write. */
  const rowOf = (body: string): BareRow => {
    next += 1;
    return { _id: String(next).padStart(16, '0'), prev: '0'.repeat(64), tags: [`command-${String(next)}`, `key-${String(next)}`], body, hash: null };
  };
  return {
    actFor: ({ batch, bytes }) => {
      const body = 'x'.repeat(bytes);
      return () =>
        rows.insertMany(
          Array.from({ length: batch }, () => rowOf(body)),
          WRITE,
        );
    },
  };
};

/** By a tag that Keyfence's log does not have. */
export const tagLookUps = async ({ url }: MongoWish): Promise<Work> => {
  const log = (await connected(url)).db(LOG_DATABASE).collection('log');
  return {
    actFor: () => () => log.find({ tags: 'command-that-was-never-sent' }, { readConcern: { level: 'majority' } }).toArray(),
    documents: () => log.estimatedDocumentCount(),
  };
};
