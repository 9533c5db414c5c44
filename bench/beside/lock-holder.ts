// Another program that holds the write lock of SQLite files, some after others, for as long as it is told. JSON lines in, one line out per turn.
import { createInterface } from 'node:readline';
import Database from 'libsql';
import type { HoldLocks } from './lock-holder-protocol.js';

const hold = async ({ turns, holdMs }: HoldLocks): Promise<void> => {
  for (const files of turns) {
    const open = files.map((file) => new Database(file, { timeout: 1_000 }));
    for (const db of open) db.exec('BEGIN IMMEDIATE');
    await new Promise((resolve) => setTimeout(resolve, holdMs));
    for (const db of open) {
      db.exec('ROLLBACK');
      db.close();
    }
  }
  process.stdout.write('{"held":true}\n');
};

createInterface({ input: process.stdin }).on('line', (line) => void hold(JSON.parse(line) as HoldLocks));
