import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteEventLog } from './sqlite-event-log.js';

const commitAt = (pos: number): Commit => ({ pos, prev: '0'.repeat(64), tags: ['t'], body: `{"pos":${pos}}`, hash: 'f'.repeat(64) });

describe('the SQLite log file', () => {
  let folder: string;
  let path: string;
  let log: SqliteEventLog;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyfence-log-'));
    path = join(folder, 'log.db');
    log = SqliteEventLog.open(path);
  });
  afterEach(async () => {
    await log.close();
    rmSync(folder, { recursive: true });
  });

  it('an insert is refused while another process is writing, which the caller repeats, and then sees what that process wrote', async () => {
    const driver = createRequire(import.meta.url).resolve('libsql');
    const child = spawn(
      process.execPath,
      [
        '-e',
        `
      const db = new (require(${JSON.stringify(driver)}))(${JSON.stringify(path)});
      db.exec('BEGIN IMMEDIATE');
      db.exec("INSERT INTO commits (pos, prev, tags, body) VALUES (1, 'p', '[]', 'theirs')");
      process.stdout.write('writing');
      process.stdin.once('data', () => { db.exec('COMMIT'); process.exit(0); });
    `,
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    // A longer wait would hold up the thread that validates.
    await expect(log.insert([commitAt(1), commitAt(2)])).rejects.toThrow('database is locked');
    child.stdin.write('commit');
    await exited;
    expect(await log.insert([commitAt(1), commitAt(2)])).toBe(0);
    expect((await log.readHead())?.body).toBe('theirs');
  });
});
