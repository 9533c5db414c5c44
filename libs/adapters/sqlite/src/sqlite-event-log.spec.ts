import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit } from '@app/ports';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventLogContract } from '@test/contract/event-log.contract.js';
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
  const log = await reopen();
  const change = async (sql: string, tag: string, pos: number): Promise<void> => void other.prepare(sql).run(tag, pos);
  const other = new Database(path);
  return {
    log,
    index: {
      add: (tag, pos) => change('INSERT INTO commit_tags (tag, pos) VALUES (?, ?)', tag, pos),
      remove: (tag, pos) => change('DELETE FROM commit_tags WHERE tag = ? AND pos = ?', tag, pos),
    },
    reopen,
    async cleanup() {
      other.close();
      for (const each of opened) await each.close();
      rmSync(folder, { recursive: true });
    },
  };
});

/** As the first version made it, with one commit. */
const FIRST_FORMAT = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE commits (pos INTEGER PRIMARY KEY, prev TEXT NOT NULL, tags TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE commit_tags (tag TEXT NOT NULL, pos INTEGER NOT NULL, PRIMARY KEY (tag, pos)) STRICT, WITHOUT ROWID;
  PRAGMA user_version = 1;
  INSERT INTO commits VALUES (1, '${'0'.repeat(64)}', '["t"]', '{"pos":1}');
  INSERT INTO commit_tags VALUES ('t', 1);
`;

const commitAt = (pos: number): Commit => ({ pos, prev: '0'.repeat(64), tags: ['t'], body: `{"pos":${pos}}`, hash: 'f'.repeat(64) });

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
    writeFileSync(path, 'this is not a database '.repeat(200));
    expect(() => open()).toThrow(/cannot be written: .*not a database/);
  });

  it('of a later version is refused', async () => {
    await open().close();
    const db = new Database(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    for (const options of [{ readOnly: false }, { readOnly: true }]) expect(() => open(options)).toThrow(/format 99/);
  });

  it('of the first format is read as it is, and upgraded when it is opened to write: old commits have no hash, new ones have', async () => {
    path = join(folder, 'log.db');
    const old = new Database(path);
    old.exec(FIRST_FORMAT);
    old.close();
    const withoutHash = { ...commitAt(1), hash: null };
    expect(await open({ readOnly: true }).readFrom(1, 10)).toEqual([withoutHash]);
    const [reader, log, another] = [open({ readOnly: true }), open(), open()];
    await log.insert([commitAt(2)]);
    for (const each of [log, another, open({ readOnly: true })]) {
      expect(await each.readFrom(1, 10)).toEqual([withoutHash, commitAt(2)]);
      expect(await each.readTagged('t')).toEqual([withoutHash, commitAt(2)]);
    }
    // Opened before the upgrade, in another process as a rule.
    expect((await reader.readFrom(1, 10)).map(({ pos }) => pos)).toEqual([1, 2]);
  });

  it('of the first format takes commits of an earlier version that still has it open', async () => {
    path = join(folder, 'log.db');
    const old = new Database(path);
    old.exec(FIRST_FORMAT);
    const log = open();
    old.prepare('INSERT INTO commits (pos, prev, tags, body) VALUES (?, ?, ?, ?)').run(2, commitAt(2).prev, '["t"]', commitAt(2).body);
    old.close();
    expect(await log.readHead()).toEqual({ ...commitAt(2), hash: null });
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
    await expect(reader.insert([commitAt(2)])).rejects.toThrow(/opened to be read/);
    expect(await writer.insert([commitAt(2)])).toBe(1);
    expect(await reader.readTagged('t')).toEqual([commitAt(1), commitAt(2)]);
  });
});
