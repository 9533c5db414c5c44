// Bare durable inserts: what SQLite itself needs on this disk (WAL, synchronous FULL, one row of `bytes` bytes), beside commands, which
// do the same and more. `{seconds | count, batch, bytes}` in, one result line out; `batch`: rows of one transaction.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'libsql';

const folder = mkdtempSync(join(tmpdir(), 'keyfence-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGTERM', () => process.exit(0));

const db = new Database(join(folder, 'rows.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE rows (pos INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
const insert = db.prepare('INSERT INTO rows (body) VALUES (?)');

const insertOnce = (batch, body) => {
  if (batch === 1) {
    insert.run(body);
    return;
  }
  db.exec('BEGIN IMMEDIATE');
  for (let row = 0; row < batch; row += 1) insert.run(body);
  db.exec('COMMIT');
};

const run = ({ seconds = Infinity, count = Infinity, batch, bytes }) => {
  const body = 'x'.repeat(bytes);
  const latenciesMs = [];
  const startedAt = performance.now();
  let now = startedAt;
  while (now - startedAt < seconds * 1_000 && latenciesMs.length < count) {
    const before = now;
    insertOnce(batch, body);
    now = performance.now();
    latenciesMs.push(now - before);
  }
  return { perSecond: (latenciesMs.length * batch * 1_000) / (now - startedAt), latenciesMs };
};

createInterface({ input: process.stdin }).on('line', (line) => process.stdout.write(`${JSON.stringify(run(JSON.parse(line)))}\n`));
