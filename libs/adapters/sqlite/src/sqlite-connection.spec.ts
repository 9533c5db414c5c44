import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit, ProcessUsageTotal } from '@app/ports';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { row, userState } from '@test/contract/view-fixtures.js';
import { LOCK_WAIT_MS, openConnection } from './sqlite-connection.js';
import { SqliteEventLog, SqliteUsageStore, SqliteViewStore, ViewsFile } from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyfence-locks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A total as a process counts it. */
const TOTAL: ProcessUsageTotal = {
  environmentId: 'e',
  day: '2026-01-01',
  keyId: 'k',
  incarnation: 'i',
  userId: null,
  orgId: null,
  count: 3,
  lastUsedAtMs: 1,
};

const waitOf = (db: Database.Database): number => {
  const [found] = db.prepare('PRAGMA busy_timeout').all() as { readonly timeout: number }[];
  return found?.timeout ?? Number.NaN;
};

describe('a connection', () => {
  it('waits long while it is prepared and at most 20 ms for each lock afterwards', () => {
    const waits: number[] = [];
    const db = openConnection(join(folder, 'a.db'), (opened) => void waits.push(waitOf(opened)));
    expect([...waits, waitOf(db)]).toEqual([5_000, LOCK_WAIT_MS]);
    expect(LOCK_WAIT_MS).toBeLessThanOrEqual(20);
    db.close();
  });

  it('waits at most 20 ms again after patient work, also when that fails', () => {
    const file = new ViewsFile(join(folder, 'views.db'));
    const wait = (): number => file.all<{ readonly timeout: number }>('PRAGMA busy_timeout')[0]?.timeout ?? Number.NaN;
    const inside: number[] = [];
    const failing = (): void => {
      inside.push(wait());
      throw new Error('no');
    };
    expect(() => file.patiently(failing)).toThrow('no');
    expect([...inside, wait()]).toEqual([5_000, LOCK_WAIT_MS]);
    file.close();
  });

  it('comes from this file alone, so that no other can wait longer', () => {
    const others = readdirSync(import.meta.dirname).filter((name) => !name.includes('.spec.') && !['sqlite-connection.ts', 'data-lock.ts'].includes(name));
    expect(others.filter((name) => readFileSync(join(import.meta.dirname, name), 'utf8').includes('new Database('))).toEqual([]);
  });
});

describe('while another program holds the write lock of a file', () => {
  const holding = async (path: string, attempt: () => Promise<unknown>): Promise<void> => {
    const holder = new Database(path);
    holder.exec('BEGIN IMMEDIATE');
    await expect(attempt()).rejects.toThrow(/locked/);
    holder.exec('ROLLBACK');
    holder.close();
    await attempt();
  };

  it('an insert into the log is refused with nothing stored, reads go on, and a repeat succeeds', async () => {
    const path = join(folder, 'log.db');
    const log = SqliteEventLog.open(path);
    const commits: readonly Commit[] = [{ pos: 1, prev: '0'.repeat(64), tags: ['t'], body: '{}', hash: null }];
    await holding(path, async () => {
      expect(await log.readHead()).toBeNull();
      return log.insert(commits);
    });
    expect((await log.readFrom(1, 10)).length).toBe(1);
    await log.close();
  });

  it('rows of a read model and totals of usage are refused, and a repeat loses nothing', async () => {
    const file = new ViewsFile(join(folder, 'views.db'));
    const views = new SqliteViewStore(file);
    await views.save('directory', 1, 1, []);
    await holding(join(folder, 'views.db'), () => views.save('directory', 1, 2, [row('users', userState('u1'), 2)]));
    expect((await views.load('users', ['u1'])).size).toBe(1);
    await views.close();
    const usage = new SqliteUsageStore(join(folder, 'usage.db'));
    await holding(join(folder, 'usage.db'), () => usage.record([TOTAL]));
    expect(await usage.count({ environmentId: 'e', day: '2026-01-01', keyId: 'k', userId: null, orgId: null })).toBe(3);
    await usage.close();
  });
});
