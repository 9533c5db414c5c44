import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqliteEventLog } from '@app/adapters/sqlite';
import { verifyLog } from '@app/log';
import { BackendApi, KEYS } from '@test/support/clients/backend-api.js';
import { diskFolder, StandaloneServer } from '@test/support/servers/standalone-process.js';
import { CrashClient, Killed } from './crash-client.js';
import { askerIn, validateAll } from './crash-examination.js';
import { withImage } from './crash-image.js';
import { LogBook } from './crash-log-book.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';
import { ViewsCheck } from './crash-views.js';
import { pagesIn, readWal } from './crash-wal.js';
import { type CrashKey, isDead } from './crash-world.js';
import { SEED } from './crash-seed.js';

const ANSWERS = 150;
const CLIENTS = 4;

/** What had been told when the log's file was this long: a disk that held that much when the power failed must have all of it. */
interface Told {
  readonly bytes: number;
  readonly facts: readonly string[];
  readonly dead: readonly CrashKey[];
}

/** What may follow the last byte that reached the disk: nothing, blocks that were never written, other bytes, or what came later. */
const TAILS = ['nothing', 'zeros', 'noise', 'later pages'] as const;
type Tail = (typeof TAILS)[number];

describe(`a power cut in the middle of a write, simulated on the files (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const folder = diskFolder();
  const dataDir = join(folder, 'data');
  const told: Told[] = [];
  let clients: readonly CrashClient[] = [];
  let backendKey = '';
  const noise = Buffer.from(Array.from({ length: 8_192 }, () => random.whole(0, 255)));
  let wal = Buffer.alloc(0);
  let whole = new LogBook();

  const torn = (bytes: number, tail: Tail): Buffer => {
    const rest = wal.length - bytes;
    if (tail === 'zeros') return Buffer.concat([wal.subarray(0, bytes), Buffer.alloc(rest)]);
    if (tail === 'noise') return Buffer.concat([wal.subarray(0, bytes), Buffer.alloc(rest, noise)]);
    if (tail === 'later pages') return Buffer.concat([wal.subarray(0, bytes), Buffer.alloc(Math.min(rest, 512)), wal.subarray(bytes + 512)]);
    return wal.subarray(0, bytes);
  };

  /** The folder as such a disk would give it back. Read models are written after the log: they are gone, not ahead of it. */
  const folderWith = (name: string, tornWal: Buffer): string => {
    const made = join(folder, name);
    mkdirSync(made);
    for (const file of ['log.db', 'secrets.json']) copyFileSync(join(dataDir, file), join(made, file));
    writeFileSync(join(made, 'log.db-wal'), tornWal);
    return made;
  };

  /** Opens it as the server does, which repairs it, and reads what is left. */
  const recovered = async (dir: string): Promise<LogBook> => {
    const path = join(dir, 'log.db');
    const log = SqliteEventLog.open(path);
    const verdict = await verifyLog(log);
    await log.close();
    expect(verdict).toMatchObject({ ok: true });
    const book = new LogBook();
    await book.readOn(path);
    return book;
  };

  const toldBefore = (bytes: number): Told => told.findLast((one) => one.bytes <= bytes) ?? { bytes: 0, facts: [], dead: [] };
  const factsIn = (book: LogBook): ReadonlySet<string> => new Set([...book.facts].flatMap(([tag, facts]) => facts.map((fact) => `${tag} ${fact}`)));

  const expectAllThatWasTold = (book: LogBook, bytes: number, where: string): void => {
    const there = factsIn(book);
    expect(
      toldBefore(bytes).facts.filter((fact) => !there.has(fact)),
      where,
    ).toEqual([]);
    expect(
      book.commits.map(({ hash }) => hash),
      where,
    ).toEqual(whole.commits.slice(0, book.headPos).map(({ hash }) => hash));
  };

  const note = (): void => {
    const bytes = statSync(join(dataDir, 'log.db-wal')).size;
    const worlds = clients.map(({ world }) => world);
    const facts = worlds.flatMap(({ things }) => things).flatMap(({ tag, facts: those }) => those.map((fact) => `${tag} ${fact}`));
    told.push({ bytes, facts, dead: worlds.flatMap(({ keys }) => keys).filter(isDead) });
  };

  beforeAll(async () => {
    mkdirSync(dataDir);
    const server = new StandaloneServer({ dataDir });
    await server.start();
    [, backendKey = ''] = await server.waitForStdout(/Backend key:\s+([0-9a-f]{128})\s/);
    await server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: true });
    const asker = await withImage(dataDir, ['log.db'], async (imageDir) => {
      await whole.readOn(join(imageDir, 'log.db'));
      return askerIn(whole);
    });
    clients = Array.from({ length: CLIENTS }, (_, index) => new CrashClient(`${SEED}-c${index}`, random.split(`client ${index}`), asker));
    const api = new BackendApi(server.origin, backendKey);
    const onAnswer = (): void => {
      note();
      if (told.length === ANSWERS) void server.end('SIGKILL');
    };
    const loads = await Promise.allSettled(clients.map((client) => client.load(api, onAnswer)));
    await server.end('SIGKILL');
    for (const load of loads) if (load.status === 'rejected' && !(load.reason instanceof Killed)) throw load.reason;
    wal = readFileSync(join(dataDir, 'log.db-wal'));
    whole = await recovered(folderWith('whole', wal));
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('the log that is torn here is one that tells something', () => {
    expect(told.length).toBeGreaterThanOrEqual(ANSWERS);
    expect(readWal(wal).commitEnds.length).toBeGreaterThan(20);
    expect(told.map(({ bytes }) => bytes)).toEqual(told.map(({ bytes }) => bytes).toSorted((left, right) => left - right));
  });

  it('wherever the file of the log ends, it opens, the chain verifies, and all that was acknowledged by then is there', async () => {
    const { commitEnds, frameEnds } = readWal(wal);
    // At the end of every transaction, and inside of some pages: in their first bytes, and further on.
    const cuts = [...commitEnds, ...random.sample(frameEnds, 60).flatMap((end) => [end, end - random.whole(1, 24), end - random.whole(25, 4_000)])];
    const heads: number[] = [];
    for (const [index, bytes] of cuts.filter((cut) => cut >= commitEnds[0]!).entries()) {
      const tail = TAILS[index % TAILS.length] ?? 'nothing';
      const dir = folderWith(`cut-${index}`, torn(bytes, tail));
      const book = await recovered(dir);
      expectAllThatWasTold(book, bytes, `CRASH_SEED=${SEED}, ${bytes} bytes of ${wal.length}, then ${tail}`);
      heads.push(book.headPos);
      rmSync(dir, { recursive: true });
    }
    // Not one state again and again: every transaction was the last one somewhere.
    expect(new Set(heads).size).toBeGreaterThan(20);
  }, 120_000);

  it('a torn copy of the log’s pages into its main file is repaired from the other file', async () => {
    for (let round = 0; round < 20; round += 1) {
      const dir = folderWith(`checkpoint-${round}`, wal);
      const db = readFileSync(join(dir, 'log.db'));
      const pages = [...pagesIn(wal)].filter(() => random.chance(0.5));
      const end = Math.max(db.length, ...pages.map(([number, page]) => number * page.length));
      const copied = Buffer.concat([db, Buffer.alloc(end - db.length)]);
      for (const [number, page] of pages) page.copy(copied, (number - 1) * page.length, 0, random.chance(0.5) ? page.length : 512 * random.whole(1, 7));
      writeFileSync(join(dir, 'log.db'), copied);
      expectAllThatWasTold(await recovered(dir), wal.length, `CRASH_SEED=${SEED}, round ${round}`);
      rmSync(dir, { recursive: true });
    }
  });

  it.each(TAILS)(
    'a server starts on a log that ends in the middle of a page, followed by %s; who was denied by then is refused, and it goes on',
    async (tail) => {
      const bytes = random.whole(Math.floor(wal.length / 3), wal.length - 1);
      const dir = folderWith(`server-${tail.replace(' ', '-')}`, torn(bytes, tail));
      const server = new StandaloneServer({ dataDir: dir });
      try {
        await server.start();
        const api = new BackendApi(server.origin, backendKey);
        for (const key of toldBefore(bytes).dead) expect((await api.validate(key.token ?? '')).status, `CRASH_SEED=${SEED} ${key.tag}`).toBe(400);
        const key = await api.issueKey({ user_id: await api.createUser() });
        await api.done('DELETE', `${KEYS}/${key.id}`);
        expect((await api.validate(key.token)).status).toBe(400);
        expect(await server.end('SIGTERM')).toBe(0);
        expect(server.stderr).toBe('');
      } finally {
        await server.end('SIGKILL');
      }
      const book = await recovered(dir);
      const there = factsIn(book);
      expect(toldBefore(bytes).facts.filter((fact) => !there.has(fact))).toEqual([]);
    },
  );

  it('read models and usage that end in the middle of a page are made whole from the log', async () => {
    const dir = join(folder, 'views');
    mkdirSync(dir);
    for (const name of ['log.db', 'log.db-wal', 'views.db', 'usage.db', 'secrets.json']) copyFileSync(join(dataDir, name), join(dir, name));
    for (const name of ['views.db-wal', 'usage.db-wal']) {
      if (!existsSync(join(dataDir, name))) continue;
      const bytes = readFileSync(join(dataDir, name));
      writeFileSync(join(dir, name), bytes.subarray(0, random.whole(1, bytes.length)));
    }
    const server = new StandaloneServer({ dataDir: dir });
    try {
      await server.start();
      const api = new BackendApi(server.origin, backendKey);
      await validateAll(
        api,
        clients.filter(({ pending }) => pending === null).flatMap(({ world }) => world.keys),
      );
      await api.listed('archived');
      expect(await server.end('SIGTERM')).toBe(0);
    } finally {
      await server.end('SIGKILL');
    }
    const book = await recovered(dir);
    const { problem, behind } = await withImage(dir, ['views.db'], async (imageDir) => new ViewsCheck(book).look(imageDir));
    expect(problem).toBeNull();
    // The last commit, by which the node leaves, comes after the read models have stopped.
    expect(behind).toBeLessThan(2);
  });
});
