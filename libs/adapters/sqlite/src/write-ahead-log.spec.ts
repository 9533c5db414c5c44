import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkWriteAheadLog } from './log-file-check.js';
import { findWalDamage } from './write-ahead-log.js';

const HEADER = 32;
const FRAME = 24 + 4_096;

interface Files {
  readonly db: Buffer;
  readonly wal: Buffer;
}

const inFolder = <Result>(files: Files | null, work: (path: string) => Result): Result => {
  const folder = mkdtempSync(join(tmpdir(), 'keyfence-wal-'));
  const path = join(folder, 'x.db');
  if (files !== null)
    for (const [suffix, bytes] of [
      ['', files.db],
      ['-wal', files.wal],
    ] as const)
      writeFileSync(path + suffix, bytes);
  try {
    return work(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The files as a process leaves them that is killed after `work`. */
const afterWriting = (files: Files | null, work: (db: Database.Database) => void): Files =>
  inFolder(files, (path) => {
    const db = new Database(path);
    db.pragma('journal_mode = WAL');
    work(db);
    const left = { db: readFileSync(path), wal: readFileSync(`${path}-wal`) };
    db.close();
    return left;
  });

const insert = (db: Database.Database, count: number): void => {
  db.exec(
    `INSERT INTO t (text) SELECT hex(randomblob(400)) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ${count}) SELECT x FROM n)`,
  );
};

/** What SQLite itself finds. */
const rowsIn = (files: Files): number =>
  inFolder(files, (path) => {
    const db = new Database(path);
    try {
      return (db.prepare('SELECT count(*) AS n FROM t').all() as [{ readonly n: number }])[0].n;
    } finally {
      db.close();
    }
  });

const changed = (wal: Buffer, offset: number, value: (byte: number) => number): Buffer => {
  const copy = Buffer.from(wal);
  copy[offset] = value(copy[offset]!);
  return copy;
};
const frameAt = (number: number): number => HEADER + (number - 1) * FRAME;
const endsCommit = (wal: Buffer, number: number): boolean => wal.readUInt32BE(frameAt(number) + 4) !== 0;

/** As a machine of the other byte order writes it: the sums are made of words read the other way. */
const inOtherByteOrder = (wal: Buffer): Buffer => {
  const copy = Buffer.from(wal);
  let sums: [number, number] = [0, 0];
  const add = (from: number, length: number): void => {
    for (let offset = from; offset < from + length; offset += 8) {
      const left = (sums[0] + copy.readUInt32BE(offset) + sums[1]) >>> 0;
      sums = [left, (sums[1] + copy.readUInt32BE(offset + 4) + left) >>> 0];
    }
  };
  const write = (offset: number): void => sums.forEach((value, index) => void copy.writeUInt32BE(value, offset + 4 * index));
  copy.writeUInt32BE(copy.readUInt32BE(0) ^ 1, 0);
  add(0, 24);
  write(24);
  for (let offset = HEADER; offset < copy.length; offset += FRAME) {
    add(offset, 8);
    add(offset + 24, 4_096);
    write(offset + 16);
  }
  return copy;
};

describe('a write-ahead log', () => {
  let files: Files;
  let frames: number;
  let lastCommitBegins: number;

  beforeAll(() => {
    files = afterWriting(null, (db) => {
      db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)');
      for (let index = 0; index < 5; index += 1) insert(db, 3);
      insert(db, 60);
    });
    frames = (files.wal.length - HEADER) / FRAME;
    lastCommitBegins = frames;
    while (!endsCommit(files.wal, lastCommitBegins - 1)) lastCommitBegins -= 1;
  });

  const found = (wal: Buffer) => findWalDamage(wal)?.frame;

  it('that is whole, empty or not there has no damage', async () => {
    expect(frames - lastCommitBegins).toBeGreaterThan(10);
    expect(findWalDamage(files.wal)).toBeNull();
    expect(findWalDamage(Buffer.alloc(0))).toBeNull();
    expect(await inFolder(null, (path) => checkWriteAheadLog(path))).toBeNull();
  });

  it('of a machine of the other byte order is read as SQLite reads it', () => {
    const other = inOtherByteOrder(files.wal);
    expect(rowsIn({ ...files, wal: other })).toBe(75);
    expect(findWalDamage(other)).toBeNull();
    expect(found(changed(other, frameAt(3) + 100, (byte) => byte ^ 1))).toBe(3);
  });

  it('whose last transaction was cut off by a crash, at any byte, is not damaged: SQLite ends it where its last commit ends', () => {
    for (let length = frameAt(lastCommitBegins); length < files.wal.length; length += 97) {
      expect(found(files.wal.subarray(0, length))).toBeUndefined();
    }
    expect(rowsIn({ ...files, wal: files.wal.subarray(0, files.wal.length - 1) })).toBe(15);
  });

  it('is damaged where a bit of any frame is another one', () => {
    for (let number = 1; number <= frames; number += 1) {
      for (const within of [0, 3, 4, 7, 8, 11, 12, 15, 16, 19, 20, 23, 24, 2_000, 4_119]) {
        for (const bit of [0, 7]) expect([within, found(changed(files.wal, frameAt(number) + within, (byte) => byte ^ (1 << bit)))]).toEqual([within, number]);
      }
    }
  });

  it('is damaged where the last frame has lost its mark of a commit, or its page', () => {
    for (const within of [0, 4]) {
      const copy = Buffer.from(files.wal);
      copy.writeUInt32BE(0, frameAt(frames) + within);
      expect(found(copy)).toBe(frames);
    }
  });

  it('is damaged in every bit of its header, and when less than the header is left', () => {
    for (let bit = 0; bit < HEADER * 8; bit += 1) expect(found(changed(files.wal, bit >> 3, (byte) => byte ^ (1 << (bit & 7))))).toBe(0);
    for (let length = 1; length < HEADER; length += 1) expect(found(files.wal.subarray(0, length))).toBe(0);
  });

  it('with frames of an earlier round at its end has no damage, whatever is in those', () => {
    const begunAnew = afterWriting(files, (db) => {
      db.pragma('wal_checkpoint(PASSIVE)');
      insert(db, 1);
    });
    expect(begunAnew.wal.length).toBe(files.wal.length);
    expect(rowsIn(begunAnew)).toBe(76);
    expect(findWalDamage(begunAnew.wal)).toBeNull();
    for (const within of [4, 5_000, 20_000]) expect(found(changed(begunAnew.wal, frameAt(lastCommitBegins) + within, (byte) => byte ^ 1))).toBeUndefined();
    expect(found(changed(begunAnew.wal, frameAt(1) + 50, (byte) => byte ^ 1))).toBe(1);
  });

  it('with frames of a cut-off transaction behind the commits that came after the crash has no damage', () => {
    const cutOff = { ...files, wal: files.wal.subarray(0, files.wal.length - FRAME) };
    const goneOn = afterWriting(cutOff, (db) => insert(db, 1));
    expect(goneOn.wal.length).toBe(cutOff.wal.length);
    expect(rowsIn(goneOn)).toBe(16);
    expect(findWalDamage(goneOn.wal)).toBeNull();
  });

  it('still tells of a commit that was lost when SQLite has gone on after the damage', () => {
    const damaged = { ...files, wal: changed(files.wal, frameAt(lastCommitBegins) + 100, (byte) => byte ^ 1) };
    const goneOn = afterWriting(damaged, (db) => insert(db, 1));
    expect(rowsIn(goneOn)).toBe(16);
    expect(found(goneOn.wal)).toBeGreaterThan(lastCommitBegins);
  });
});

describe('the check of a write-ahead log', () => {
  const files = afterWriting(null, (db) => db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)'));
  const damaged = changed(files.wal, HEADER + 100, (byte) => byte ^ 1);

  it('believes what it finds again and again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyfence-wal-'));
    writeFileSync(join(folder, 'x.db-wal'), damaged);
    expect(await checkWriteAheadLog(join(folder, 'x.db'), 1)).toMatchObject({ frame: 1 });
    rmSync(folder, { recursive: true });
  });

  it('does not believe what is gone at the next look, as when another process writes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyfence-wal-'));
    writeFileSync(join(folder, 'x.db-wal'), damaged);
    const checking = checkWriteAheadLog(join(folder, 'x.db'), 1);
    writeFileSync(join(folder, 'x.db-wal'), files.wal);
    expect(await checking).toBeNull();
    rmSync(folder, { recursive: true });
  });
});
