// Writes a log until it is killed, as fast as it can or with a pause between transactions: commits alone, many in one transaction with a cache that is too small for them, transactions
// that are taken back, and a write-ahead log that begins anew all the time. What a server does in a day, in a second.
import { createHash } from 'node:crypto';
import Database from 'libsql';

const [path, pauseMs] = process.argv.slice(2);
const db = new Database(path);
for (const pragma of ['busy_timeout = 10000', 'synchronous = OFF', 'wal_autocheckpoint = 40', 'cache_size = 10']) db.pragma(pragma);
const insertCommit = db.prepare('INSERT INTO commits (pos, prev, tags, body, hash) VALUES (?, ?, ?, ?, ?)');
const insertTag = db.prepare('INSERT INTO commit_tags (tag, pos) VALUES (?, ?)');

let [last] = db.prepare('SELECT pos, hash FROM commits ORDER BY pos DESC LIMIT 1').all();

function append(before) {
  const pos = before.pos + 1;
  const commandId = createHash('sha256').update(String(pos)).digest('hex');
  const event = { type: 'registry.node-joined.v1', tags: ['registry', `user-${commandId.slice(0, 8)}`], data: { inc: 'x'.repeat(pos % 700) } };
  const body = JSON.stringify({ commandId, at: pos, actor: 'operator', events: [event] });
  const hash = createHash('sha256')
    .update(`${before.hash}\n${String(pos).padStart(16, '0')}\n${body}`)
    .digest('hex');
  const tags = [`command-${commandId}`, ...event.tags];
  insertCommit.run(pos, before.hash, JSON.stringify(tags), body, hash);
  for (const tag of tags) insertTag.run(tag, pos);
  return { pos, hash };
}

for (let round = 0; ; round += 1) {
  const count = round % 10 === 0 ? 400 : 1 + (round % 3);
  let head = last;
  db.exec('BEGIN IMMEDIATE');
  for (let index = 0; index < count; index += 1) head = append(head);
  if (round % 25 === 20) {
    db.exec('ROLLBACK');
    continue;
  }
  db.exec('COMMIT');
  last = head;
  if (pauseMs !== '0') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(pauseMs));
  if (round % 60 === 59) db.pragma('wal_checkpoint(TRUNCATE)');
}
