import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Commit, UnknownOutcome, UnreadableCommit } from '@app/ports';
import { mongoDatabaseUrl, type StackServer, startMongo } from '@tools/stack';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventLogContract } from '@test/contract/event-log.contract.js';
import { MongoEventLog, type MongoLink, openMongo } from './index.js';

let server: StackServer;
let databases = 0;
const opened: MongoLink[] = [];

beforeAll(async () => {
  server = await startMongo();
});
afterEach(async () => {
  for (const link of opened.splice(0)) await link.close();
});
afterAll(() => server.stop());

const newDatabase = (): string => `log${databases++}`;
const linkTo = async (database: string, deadlineMs = 20_000, url = server.url): Promise<MongoLink> => {
  const link = await openMongo({ url: mongoDatabaseUrl(url, database), appName: 'test', deadlineMs });
  opened.push(link);
  return link;
};
const logIn = async (database: string, deadlineMs?: number): Promise<MongoEventLog> => new MongoEventLog(await linkTo(database, deadlineMs));

eventLogContract('MongoDB', async () => {
  const database = newDatabase();
  return { log: await logIn(database), reopen: () => logIn(database), cleanup: () => Promise.resolve() };
});

const FIRST_PREV = '0'.repeat(64);
const hashOf = ({ prev, pos, body }: Omit<Commit, 'hash'>): string =>
  createHash('sha256')
    .update(`${prev}\n${String(pos).padStart(16, '0')}\n${body}`)
    .digest('hex');
const after = (before: Commit | null, writer = 'w'): Commit => {
  const pos = (before?.pos ?? 0) + 1;
  const commit = { pos, prev: before === null ? FIRST_PREV : hashOf(before), tags: ['t'], body: JSON.stringify({ writer, pos }) };
  return { ...commit, hash: hashOf(commit) };
};
const chain = (count: number, before: Commit | null = null): Commit[] => {
  const commits: Commit[] = [];
  for (let last = before; commits.length < count;) commits.push((last = after(last)));
  return commits;
};

const ENDLESS = 60_000;

describe('the log in MongoDB', () => {
  it('eight writers over two connections get positions without a hole, each its own', async () => {
    const database = newDatabase();
    const logs = [await logIn(database), await logIn(database)] as const;
    const write = async (number: number): Promise<number[]> => {
      const acknowledged: number[] = [];
      const log = logs[number % 2]!;
      for (let head = await log.readHead(); acknowledged.length < 10;) {
        const mine = after(head, `w${number}`);
        if ((await log.insert([mine])) === 1) acknowledged.push(mine.pos);
        head = (await log.readFrom(mine.pos, 100)).at(-1) ?? head;
      }
      return acknowledged;
    };
    const written = (await Promise.all(Array.from({ length: 8 }, (_, number) => write(number)))).flat();
    expect(written.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    const stored = await logs[0].readFrom(1, 1_000);
    expect(stored.map(({ pos }) => pos)).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    for (const [index, commit] of stored.entries()) expect(commit.prev).toBe(index === 0 ? FIRST_PREV : hashOf(stored[index - 1]!));
  });

  it('a server killed during inserts: the outcome is unknown, and what was acknowledged is there after its restart', async () => {
    const database = newDatabase();
    const log = await logIn(database, 3_000);
    const acknowledged: Commit[] = [];
    let failure: unknown;
    const writing = (async () => {
      while (failure === undefined) {
        const batch = chain(3, acknowledged.at(-1) ?? null);
        try {
          acknowledged.push(...batch.slice(0, await log.insert(batch)));
        } catch (error) {
          failure = error;
        }
      }
    })();
    await expect.poll(() => acknowledged.length, { timeout: ENDLESS }).toBeGreaterThan(60);
    await server.kill();
    await writing;
    expect(failure).toBeInstanceOf(UnknownOutcome);
    await server.restart();
    const again = await logIn(database);
    const stored = await again.readFrom(1, acknowledged.length + 10);
    expect(stored.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(stored.length).toBeLessThanOrEqual(acknowledged.length + 3);
    // The connections of before find the server again by themselves.
    await expect
      .poll(
        () =>
          log.readHead().then(
            (head) => head?.pos,
            () => null,
          ),
        { timeout: ENDLESS },
      )
      .toBe(stored.length);
    expect(await log.insert([after(stored.at(-1)!)])).toBe(1);
  });

  it('a server that is there and says nothing: reads and inserts end at their deadline, and work again when it speaks', async () => {
    const log = await logIn(newDatabase(), 500);
    await log.insert(chain(2));
    server.pause();
    try {
      const calls = await Promise.allSettled([
        log.insert([after(chain(2)[1]!)]),
        log.readFrom(3, 1),
        log.readFrom(1, 10),
        log.readBack(2, 2),
        log.readTagged('t'),
        log.readHead(),
      ]);
      expect(calls.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'rejected'));
      expect(calls[0]).toMatchObject({ reason: expect.any(UnknownOutcome) });
      await expect(openMongo({ url: server.url, appName: 'test', deadlineMs: 300 })).rejects.toThrow(/MongoDB cannot be used/);
    } finally {
      server.resume();
    }
    // Whether the insert arrived is for the reader to see: never another commit at its position, never a part of one.
    await expect
      .poll(
        () =>
          log.readHead().then(
            (head) => head?.pos,
            () => null,
          ),
        { timeout: ENDLESS },
      )
      .toBeGreaterThanOrEqual(2);
    expect(chain(3).slice(0, (await log.readHead())!.pos)).toEqual(await log.readFrom(1, 10));
  });

  it('a peer that takes connections and never speaks is given up at the deadline', async () => {
    const sockets: Socket[] = [];
    const blackhole = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(blackhole, 'listening');
    const address = blackhole.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(openMongo({ url: `mongodb://127.0.0.1:${port}/x?directConnection=true`, appName: 'test', deadlineMs: 300 })).rejects.toThrow(/cannot be used/);
    for (const socket of sockets) socket.destroy();
    blackhole.close();
  });

  it('a URL that cannot be read is refused without being shown', async () => {
    for (const url of ['mongo://user:hidden@127.0.0.1/x', 'mongodb://user:hidden@/x?a=b', 'hidden']) {
      const error: unknown = await openMongo({ url, appName: 'test' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(JSON.stringify([String(error), String((error as Error).cause), (error as Error).stack])).not.toContain('hidden');
    }
  });

  it('a batch with a hole in it is refused and stores nothing', async () => {
    const log = await logIn(newDatabase());
    const [first, , third] = chain(3);
    const refused: unknown = await log.insert([first!, third!]).catch((error: unknown) => error);
    expect(String(refused)).toMatch(/hole/);
    expect(refused).not.toBeInstanceOf(UnknownOutcome);
    expect(await log.readHead()).toBeNull();
  });

  it('a commit that is missing before others is named by the check', async () => {
    const database = newDatabase();
    const link = await linkTo(database);
    const log = new MongoEventLog(link);
    await log.insert(chain(60));
    expect(await log.checkIndex()).toBeNull();
    await link.record.collection('log').deleteMany({ _id: { $in: ['0000000000000058', '0000000000000041'] as never[] } });
    expect(await log.checkIndex()).toMatchObject({ pos: 41 });
  });

  it.each([
    ['a body that is not a text', { body: 5 }],
    ['no body', { body: undefined }],
    ['tags that are not a list', { tags: 't' }],
    ['tags that are not texts', { tags: ['t', 1] }],
    ['no previous hash', { prev: null }],
    ['a hash that is not a text', { hash: 1 }],
    ['no hash at all', { hash: undefined }],
  ])('%s: the commit is refused with its position, by every read that meets it', async (_, change) => {
    const link = await linkTo(newDatabase());
    const log = new MongoEventLog(link);
    await log.insert(chain(2));
    const { pos, ...third } = chain(3)[2]!;
    const document = Object.fromEntries(Object.entries({ ...third, tags: ['t'], ...change }).filter(([, value]) => value !== undefined));
    await link.record.collection('log').insertOne({ _id: String(pos).padStart(16, '0') as never, ...document });
    for (const read of [() => log.readFrom(3, 1), () => log.readFrom(1, 10), () => log.readBack(9, 1), () => log.readHead()]) {
      const refused: unknown = await read().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UnreadableCommit);
      expect(refused).toMatchObject({ pos: 3 });
    }
    expect(await log.readFrom(1, 2)).toEqual(chain(2));
  });

  it('a document whose _id is not a position is refused when the head is read', async () => {
    const link = await linkTo(newDatabase());
    await link.record.collection('log').insertOne({ _id: 'zzz' as never, body: '' });
    await expect(new MongoEventLog(link).readHead()).rejects.toThrow(/_id is not a position/);
  });
});
