import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, describe, expect, it } from 'vitest';
import { directoryViewsContract } from '@test/contract/directory-views.contract.js';
import { keyViewsContract } from '@test/contract/key-views.contract.js';
import { row, userState, type ViewAdapters } from '@test/contract/view-fixtures.js';
import { viewStoreContract } from '@test/contract/view-store.contract.js';
import { SqliteDirectoryViews, SqliteKeyViews, SqliteViewStore, ViewsFile } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'keyfence-views-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `views-${files++}.db`);

const openAt = (path: string): ViewAdapters => {
  const file = new ViewsFile(path);
  const store = new SqliteViewStore(file);
  return {
    store,
    directory: new SqliteDirectoryViews(file),
    keys: new SqliteKeyViews(file),
    reopen: async () => {
      await store.close();
      return openAt(path);
    },
  };
};
const open = async (): Promise<ViewAdapters> => openAt(newPath());

viewStoreContract('sqlite', open);
directoryViewsContract('sqlite', open);
keyViewsContract('sqlite', open);

describe('views.db', () => {
  it('a file of another schema, and one that is not a database, is begun anew', async () => {
    const older = newPath();
    const views = openAt(older);
    await views.store.save('directory', 1, 4, [row('users', userState('u1'), 4)]);
    await views.store.close();
    const raw = new Database(older);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    const damaged = newPath();
    writeFileSync(damaged, 'this is not a database, but it is long enough to look like one'.repeat(20));
    for (const path of [older, damaged]) {
      const anew = openAt(path);
      expect(await anew.store.position('directory', 1)).toBe(0);
      expect((await anew.store.load('users', ['u1'])).size).toBe(0);
      await anew.store.close();
    }
  });

  it('a file that another process has locked is waited for or refused, never deleted', () => {
    const path = newPath();
    const holder = new Database(path);
    holder.exec('CREATE TABLE kept (x); BEGIN EXCLUSIVE');
    expect(() => new ViewsFile(path, { waitMs: 10 })).toThrow(/locked/);
    holder.exec('COMMIT');
    expect(holder.prepare('SELECT count(*) AS n FROM kept').all()).toEqual([{ n: 0 }]);
    holder.close();
  });

  it('a process that is not alone on the folder refuses a file of another schema and leaves it as it is', async () => {
    const path = newPath();
    const raw = new Database(path);
    raw.exec('CREATE TABLE kept (x); PRAGMA user_version = 99');
    raw.close();
    expect(() => new ViewsFile(path, { mayRecreate: false })).toThrow(/another version/);
    const after = new Database(path);
    expect(after.prepare('SELECT count(*) AS n FROM kept').all()).toEqual([{ n: 0 }]);
    after.close();
  });

  it('two processes on one file see each other’s rows and environments', async () => {
    const path = newPath();
    const [one, other] = [openAt(path), openAt(path)];
    await one.store.save('directory', 1, 1, [row('users', userState('u1'))]);
    await other.store.save('directory', 1, 2, [row('users', userState('u2', { environmentId: 'other' }), 2)]);
    expect(await one.store.position('directory', 1)).toBe(2);
    expect(await one.directory.userById('other', ['u1', 'u2'])).toHaveLength(1);
    await Promise.all([one.store.close(), other.store.close()]);
  });
});
