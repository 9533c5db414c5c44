import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StackServer, mongoDatabaseUrl, startMongo } from '@tools/stack';
import { directoryViewsContract } from '@test/contract/directory-views.contract.js';
import { keyViewsContract } from '@test/contract/key-views.contract.js';
import { usageStoreContract } from '@test/contract/usage-store.contract.js';
import type { UsageAdapter } from '@test/contract/usage-store.contract.js';
import { environmentState, ENV_A, row, userState, type ViewAdapters } from '@test/contract/view-fixtures.js';
import { viewStoreContract } from '@test/contract/view-store.contract.js';
import { dropViews, MongoDirectoryViews, MongoKeyViews, type MongoLink, MongoUsageStore, MongoViewStore, openMongo } from './index.js';

let server: StackServer;
const opened: MongoLink[] = [];
let databases = 0;
const newDatabase = (): string => `views${databases++}`;

beforeAll(async () => {
  server = await startMongo();
});
afterAll(async () => {
  for (const link of opened) await link.close();
  await server.stop();
});

const linkTo = async (database: string, viewsDatabase?: string): Promise<MongoLink> => {
  const link = await openMongo({
    url: mongoDatabaseUrl(server.url, database),
    appName: 'test',
    deadlineMs: 20_000,
    ...(viewsDatabase === undefined ? {} : { viewsDatabase }),
  });
  opened.push(link);
  return link;
};
const openAt = async (database: string): Promise<ViewAdapters> => {
  const link = await linkTo(database);
  return {
    store: new MongoViewStore(link),
    directory: new MongoDirectoryViews(link),
    keys: new MongoKeyViews(link),
    reopen: async () => {
      await link.close();
      return openAt(database);
    },
  };
};
const open = (): Promise<ViewAdapters> => openAt(newDatabase());

viewStoreContract('MongoDB', open);
directoryViewsContract('MongoDB', open);
// Few, because FerretDB looks at every row for every page; nothing here depends on how many there are.
keyViewsContract('MongoDB', open, 250);

const usageAt = async (database: string): Promise<UsageAdapter> => {
  const link = await linkTo(database);
  return {
    store: new MongoUsageStore(link),
    reopen: async () => {
      await link.close();
      return usageAt(database);
    },
  };
};
usageStoreContract('MongoDB', () => usageAt(newDatabase()));

describe('read models in MongoDB', () => {
  const saved = async (link: MongoLink, pos: number, email: string, version = 1): Promise<void> =>
    new MongoViewStore(link).save('directory', version, pos, [row('users', userState('u1', { email }), pos)]);
  const emailIn = async (link: MongoLink): Promise<string | undefined> => (await new MongoViewStore(link).load('users', ['u1'])).get('u1')?.state.email;

  it('a row is compared by its position as a number, whatever else it holds', async () => {
    const link = await linkTo(newDatabase());
    for (const [pos, email] of [
      [9, 'z@x.test'],
      [10, 'b@x.test'],
      [5_000_000_000, 'a@x.test'],
      [11, 'zz@x.test'],
    ] as const)
      await saved(link, pos, email);
    expect(await emailIn(link)).toBe('a@x.test');
    expect((await new MongoViewStore(link).load('users', ['u1'])).get('u1')?.pos).toBe(5_000_000_000);
  });

  it('a row begins with version and position, inserted with many or written alone', async () => {
    const link = await linkTo(newDatabase());
    const store = new MongoViewStore(link);
    await store.save(
      'directory',
      1,
      1,
      Array.from({ length: 30 }, (_, index) => row('users', userState(`u${index}`))),
    );
    await store.save('directory', 1, 2, [row('users', userState('alone'), 2)]);
    await store.save(
      'directory',
      1,
      3,
      Array.from({ length: 30 }, (_, index) => row('users', userState(`u${index + 15}`, { email: 'later@x.test' }), 3)),
    );
    const stored = await link.views.collection('users').find({}).toArray();
    expect(stored).toHaveLength(46);
    const shapes = new Set(stored.map((document) => Object.keys(document['row'] as object).join()));
    expect([...shapes]).toEqual([expect.stringMatching(/^version,pos,environmentId,deleted,/)]);
    expect(stored.filter((document) => (document['row'] as { readonly pos: number }).pos === 3)).toHaveLength(30);
  });

  it('rows of two replicas that save in parallel, the one far behind, end as the newest', async () => {
    const database = newDatabase();
    const [ahead, behind] = [await linkTo(database), await linkTo(database)];
    const rows = (pos: number) => Array.from({ length: 40 }, (_, index) => row('users', userState(`u${index}`, { email: `p${pos}@x.test` }), pos));
    const saveUpTo = async (link: MongoLink, positions: readonly number[]): Promise<void> => {
      const store = new MongoViewStore(link);
      for (const pos of positions) await store.save('directory', 1, pos, rows(pos));
    };
    await Promise.all([saveUpTo(ahead, [3, 4]), saveUpTo(behind, [1, 2, 3, 4])]);
    const stored = await new MongoViewStore(ahead).load(
      'users',
      rows(1).map(({ id }) => id),
    );
    expect([...stored.values()].filter(({ pos, state }) => pos !== 4 || state.email !== 'p4@x.test')).toEqual([]);
    expect(stored.size).toBe(40);
    expect(await new MongoViewStore(ahead).position('directory', 1)).toBe(4);
  });

  it('a replica of the version before saves nothing more once the next version has begun', async () => {
    const database = newDatabase();
    const [older, newer] = [new MongoViewStore(await linkTo(database)), new MongoViewStore(await linkTo(database))];
    await older.save('directory', 1, 4, [row('users', userState('u1'), 4)]);
    expect(await newer.position('directory', 2)).toBe(0);
    await expect(older.save('directory', 1, 5, [row('users', userState('u1'), 5)])).rejects.toThrow(/another version/);
    expect((await newer.load('users', ['u1'])).size).toBe(0);
    expect(await newer.position('directory', 2)).toBe(0);
  });

  it('a second replica that changes the version at the same time takes nothing from the first', async () => {
    const database = newDatabase();
    const stores = [new MongoViewStore(await linkTo(database)), new MongoViewStore(await linkTo(database))] as const;
    await stores[0].save('directory', 1, 4, [row('users', userState('u1'), 4)]);
    await stores[0].position('directory', 2);
    await stores[0].save('directory', 2, 4, [row('users', userState('u1', { email: 'refolded@x.test' }), 4)]);
    expect(await stores[1].position('directory', 2)).toBe(4);
    expect((await stores[1].load('users', ['u1'])).get('u1')?.state.email).toBe('refolded@x.test');
  });

  it('dropped read models begin at 0, keep the positions of those that write no rows, and stop a process that still writes', async () => {
    const link = await linkTo(newDatabase(), newDatabase());
    const running = new MongoViewStore(link);
    await running.save('directory', 1, 4, [row('users', userState('u1'), 4), row('environments', environmentState(ENV_A), 1)]);
    await running.save('cascade', 1, 3, []);
    await dropViews(link);
    await expect(running.save('directory', 1, 5, [])).rejects.toThrow(/deleted/);
    const anew = new MongoViewStore(link);
    expect(await anew.position('directory', 1)).toBe(0);
    expect(await anew.position('cascade', 1)).toBe(3);
    expect((await anew.load('users', ['u1'])).size).toBe(0);
    await anew.save('directory', 1, 4, [row('users', userState('u1'), 4)]);
    expect((await anew.load('users', ['u1'])).size).toBe(1);
  });

  it('read models in a database of their own leave the log’s alone', async () => {
    const [database, viewsDatabase] = [newDatabase(), newDatabase()];
    const link = await linkTo(database, viewsDatabase);
    await saved(link, 4, 'a@x.test');
    const names = async (name: string): Promise<readonly string[]> =>
      (await link.record.getClient().db(name).listCollections({}, { nameOnly: true }).toArray()).map((collection) => collection.name);
    expect(await names(viewsDatabase)).toContain('users');
    expect(await names(database)).not.toContain('users');
  });

  it('a search takes characters of patterns, the character 0 and quotes as they are', async () => {
    const link = await linkTo(newDatabase());
    const name = 'a.b*c+d?(e)[f]{2}|^$\\d"\'\0z';
    await new MongoViewStore(link).save('directory', 1, 1, [
      row('users', userState('u1', { email: `${name}@x.test` })),
      row('users', userState('u2', { email: 'aXbbcdd@x.test' })),
    ]);
    const query = { environmentId: ENV_A, orderBy: 'EMAIL', legacyUserId: null, orgId: null, role: null, pageNumber: 0, pageSize: 10 } as const;
    for (const part of ['.b', '*', '+d', '?(', ')[', '{2}', '|^$', '\\d', '"\'', '\0z', name.toUpperCase()]) {
      const { rows } = await new MongoDirectoryViews(link).queryUsers({ ...query, emailOrUsername: part });
      expect(
        rows.map(({ userId }) => userId),
        part,
      ).toEqual(['u1']);
    }
  });
});
