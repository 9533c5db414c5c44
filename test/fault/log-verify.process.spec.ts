import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BackendApi } from '@test/support/clients/backend-api.js';
import { type Finished, StandaloneServer } from '@test/support/servers/standalone-process.js';

const FRAME = 24 + 4_096;

interface Told {
  readonly result: string;
  readonly head?: number;
  readonly wholeUpTo?: number;
  readonly problems?: readonly { readonly position: number | null; readonly problem: string }[];
}

/** The folder of a server that was killed, as it was left; each test damages a copy. */
describe('log verify', () => {
  let killed: StandaloneServer;
  let head: number;
  const copies: string[] = [];

  const verify = async (dataDir: string): Promise<Finished & { readonly told: Told }> => {
    const finished = await new StandaloneServer({ dataDir }).cli('log', 'verify', '--json');
    return { ...finished, told: JSON.parse(finished.stdout) as Told };
  };

  const copied = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'keyfence-verify-'));
    copies.push(folder);
    cpSync(killed.dataDir, folder, { recursive: true });
    return folder;
  };

  /** With nothing in the write-ahead log, and then changed as an attacker with the file would. */
  const edited = (sql: string): string => {
    const folder = copied();
    const db = new Database(join(folder, 'log.db'));
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.exec(sql);
    db.close();
    return folder;
  };

  /** Without a position: the one behind what is whole, which is less than all. */
  const expectDamage = async (dataDir: string, about: RegExp, position?: number): Promise<number> => {
    const { code, stderr, told } = await verify(dataDir);
    const { wholeUpTo = head } = told;
    expect([code, told.result]).toEqual([1, 'The log is damaged.']);
    expect(told.problems).toContainEqual({ position: position ?? wholeUpTo + 1, problem: expect.stringMatching(about) });
    expect(wholeUpTo).toBeLessThan(head);
    expect(stderr).toMatch(about);
    expect(stderr).toContain(`Position ${position ?? wholeUpTo + 1}: `);
    expect(stderr).not.toMatch(/\bat .+:\d+:\d+|panicked|Error:/);
    return wholeUpTo;
  };

  beforeAll(async () => {
    killed = await StandaloneServer.started();
    const api = BackendApi.of(killed);
    const writing = Array.from({ length: 60 }, () => api.createUser());
    // Beside a server that writes.
    for (const finished of [await verify(killed.dataDir), await verify(killed.dataDir)])
      expect([finished.code, finished.told.problems]).toEqual([0, undefined]);
    await Promise.all(writing);
    await api.listed('current', {});
    await killed.end('SIGKILL');
    head = (await verify(killed.dataDir)).told.head ?? 0;
  }, 180_000);
  afterAll(async () => {
    await killed.remove();
    for (const folder of copies) rmSync(folder, { recursive: true });
  });

  it('finds the log of a killed server whole, and leaves its write-ahead log as it is', async () => {
    expect(head).toBeGreaterThan(60);
    const folder = copied();
    const before = readFileSync(join(folder, 'log.db-wal'));
    expect(before.length).toBeGreaterThan(10 * FRAME);
    expect(await verify(folder)).toMatchObject({ code: 0, told: { result: 'The log is intact.', head } });
    expect(readFileSync(join(folder, 'log.db-wal')).equals(before)).toBe(true);
  });

  it('names the position behind which a damaged write-ahead log may have cut commits off, time and again', async () => {
    const folder = copied();
    const path = join(folder, 'log.db-wal');
    const wal = readFileSync(path);
    wal[wal.length - FRAME - 100]! ^= 1;
    writeFileSync(path, wal);
    for (let time = 0; time < 2; time += 1) await expectDamage(folder, /log\.db-wal\) is damaged/);
  });

  it('names the position from which commits are gone without a trace, when the read models have seen them', async () => {
    const folder = copied();
    const path = join(folder, 'log.db-wal');
    const wal = readFileSync(path);
    let frames = Math.floor((wal.length - 32) / FRAME) - 1;
    while (wal.readUInt32BE(32 + (frames - 1) * FRAME + 4) === 0) frames -= 1;
    truncateSync(path, 32 + frames * FRAME);
    const end = await expectDamage(folder, /The log ends at \d+, but the read model [a-z]+ has applied it up to/);
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `views.db${suffix}`), { force: true });
    expect(await verify(folder)).toMatchObject({ code: 0, told: { head: end } });
  });

  it('names the newest commit where its content was changed for another that can be read', async () => {
    await expectDamage(edited(`UPDATE commits SET body = replace(body, '"at":1', '"at":2') WHERE pos = ${head}`), /bytes/, head);
  });

  it('names a commit that the index has lost, and one that it invents', async () => {
    await expectDamage(edited("DELETE FROM commit_tags WHERE pos = 20 AND tag LIKE 'user-%'"), /index has lost it/, 20);
    await expectDamage(edited("INSERT INTO commit_tags VALUES ('user-nobody', 21)"), /a tag that it does not have/, 21);
  });

  it('names what can no longer be read of a file that was cut, and bytes that are not text', async () => {
    const cut = edited('PRAGMA user_version');
    truncateSync(join(cut, 'log.db'), 40_000);
    await expectDamage(cut, /cannot be read|malformed|bytes/);
    await expectDamage(edited("UPDATE commits SET body = CAST(x'7bff7d' AS TEXT) WHERE pos = 9"), /its body is not a text/, 9);
  });

  it('says of a log of the first format that nothing vouches for its newest commit, until a server has written another', async () => {
    const folder = edited('ALTER TABLE commits DROP COLUMN hash; PRAGMA user_version = 1');
    copyFileSync(join(killed.dataDir, 'secrets.json'), join(folder, 'secrets.json'));
    const before = await verify(folder);
    expect([before.code, before.stderr]).toEqual([0, expect.stringContaining(`Position ${head} was written by an earlier version`)]);
    const server = new StandaloneServer({ dataDir: folder });
    await server.start();
    await server.end('SIGTERM');
    const after = await verify(folder);
    expect([after.code, after.stderr]).toEqual([0, expect.not.stringContaining('earlier version')]);
    expect(after.told.head).toBeGreaterThan(head);
  });
});
