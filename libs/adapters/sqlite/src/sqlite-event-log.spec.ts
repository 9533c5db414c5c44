import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventLogContract } from '../../../../test/contract/event-log.contract.js';
import { SqliteEventLog } from './sqlite-event-log.js';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'keyfence-log-'));

eventLogContract('SQLite', async () => {
  const folder = newFolder();
  const path = join(folder, 'log.db');
  const opened: SqliteEventLog[] = [];
  const reopen = async () => {
    const log = SqliteEventLog.open(path);
    opened.push(log);
    return log;
  };
  return {
    log: await reopen(),
    reopen,
    async cleanup() {
      for (const log of opened) await log.close();
      rmSync(folder, { recursive: true });
    },
  };
});

const commitAt = (pos: number): Commit => ({ pos, prev: '0'.repeat(64), tags: ['t'], body: `{"pos":${pos}}` });

describe('the SQLite log file', () => {
  let folder: string;
  let path: string;
  const opened: SqliteEventLog[] = [];
  const open = (options?: { readOnly: boolean }) => {
    const log = SqliteEventLog.open(path, options);
    opened.push(log);
    return log;
  };

  beforeEach(() => {
    folder = newFolder();
    path = join(folder, 'data', 'log.db');
  });
  afterEach(async () => {
    for (const log of opened.splice(0)) await log.close();
    rmSync(folder, { recursive: true });
  });

  it('is made with its folder', async () => {
    expect(await open().readHead()).toBeNull();
    expect(existsSync(path)).toBe(true);
  });

  it('that cannot be written gives one error that names the folder', () => {
    writeFileSync(join(folder, 'data'), 'a file where the folder should be');
    expect(() => open()).toThrow(`The data folder ${join(folder, 'data')} cannot be written`);
  });

  it('of another program is refused, not overwritten', () => {
    path = join(folder, 'log.db');
    writeFileSync(path, 'this is no database '.repeat(200));
    expect(() => open()).toThrow(/cannot be written: .*not a database/);
  });

  it('of a later version is refused', async () => {
    await open().close();
    const Database = (await import('libsql')).default;
    const db = new Database(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => open()).toThrow(/format 99/);
  });

  it('refuses a commit that would leave a hole', async () => {
    const log = open();
    await log.insert([commitAt(1)]);
    await expect(log.insert([commitAt(3)])).rejects.toThrow(/hole/);
    await expect(log.insert([commitAt(2), commitAt(4)])).rejects.toThrow(/hole/);
    expect((await log.readFrom(1, 10)).length).toBe(1);
    expect(await log.insert([commitAt(2)])).toBe(1);
  });

  it('opened to read makes no file, follows the writer and refuses to write', async () => {
    expect(() => open({ readOnly: true })).toThrow(/cannot be read/);
    expect(existsSync(path)).toBe(false);
    const writer = open();
    const reader = open({ readOnly: true });
    await writer.insert([commitAt(1)]);
    expect(await reader.readHead()).toEqual(commitAt(1));
    await expect(reader.insert([commitAt(2)])).rejects.toThrow();
    expect(await writer.insert([commitAt(2)])).toBe(1);
  });

  it('an insert waits for another process that is writing, and sees what it wrote', async () => {
    const log = open();
    const driver = createRequire(import.meta.url).resolve('libsql');
    const child = spawn(process.execPath, ['-e', `
      const db = new (require(${JSON.stringify(driver)}))(${JSON.stringify(path)});
      db.exec('BEGIN IMMEDIATE');
      db.exec("INSERT INTO commits VALUES (1, 'p', '[]', 'theirs')");
      process.stdout.write('writing');
      setTimeout(() => db.exec('COMMIT'), 100);
    `], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(await log.insert([commitAt(1), commitAt(2)])).toBe(0);
    expect((await log.readHead())?.body).toBe('theirs');
    await exited;
  });
});
