import { beforeAll, describe, expect, it } from 'vitest';
import type { Commit } from '@app/ports';
import { SeededRandom } from '@test/support/random/seeded-random.js';
import { Examination, flipped, makeSpecimen, type Specimen } from './log-specimen.js';

/** More of everything: for a long run by hand. */
const TIMES = Number(process.env['DAMAGE_TIMES'] ?? 1);
const SEED = process.env['DAMAGE_SEED'] ?? 'keyfence';

const SECTOR_BYTES = 512;

type File = 'log' | 'wal';

describe('damage of the log', { timeout: 900_000 }, () => {
  const random = new SeededRandom(SEED);
  let settled: Specimen;
  let inWal: Specimen;

  beforeAll(async () => {
    settled = await makeSpecimen({ inWal: false, alone: [50, 50], together: 40 });
    inWal = await makeSpecimen({ inWal: true, alone: [40, 10], together: 40 });
  });

  /** Told, or nothing is different: there is no third outcome. Returns how often it was told. */
  const examineAll = async (
    specimen: Specimen,
    count: number,
    damage: (random: SeededRandom) => { readonly file: File; readonly bytes: Buffer; readonly what: string },
  ): Promise<number> => {
    const examination = new Examination(specimen);
    const missed: string[] = [];
    let told = 0;
    for (let index = 0; index < count * TIMES; index += 1) {
      const { file, bytes, what } = damage(random);
      const examined = await examination.of({ [file]: bytes });
      if (examined.kind === 'told') told += 1;
      if (examined.kind === 'missed') missed.push(`${file}: ${what}: ${examined.difference.slice(0, 300)}`);
    }
    expect(missed).toEqual([]);
    return told;
  };

  const bitFlip = (file: File, bytes: Buffer) => (chance: SeededRandom) => {
    const [offset, bit] = [chance.whole(0, bytes.length - 1), chance.whole(0, 7)];
    return { file, bytes: flipped(bytes, offset, bit), what: `byte ${offset}, bit ${bit}` };
  };

  const cut = (file: File, bytes: Buffer) => (chance: SeededRandom) => {
    const length = chance.whole(0, bytes.length - 1);
    return { file, bytes: bytes.subarray(0, length), what: `cut to ${length} bytes` };
  };

  /** What a disk leaves of a write that it did not finish: a sector of zeros, or of what was elsewhere. */
  const tornSector = (file: File, bytes: Buffer) => (chance: SeededRandom) => {
    const sectors = Math.floor(bytes.length / SECTOR_BYTES);
    const [to, from] = [chance.whole(0, sectors - 1), chance.whole(0, sectors - 1)];
    const copy = Buffer.from(bytes);
    if (chance.chance(0.5)) copy.fill(0, to * SECTOR_BYTES, (to + 1) * SECTOR_BYTES);
    else bytes.copy(copy, to * SECTOR_BYTES, from * SECTOR_BYTES, (from + 1) * SECTOR_BYTES);
    return { file, bytes: copy, what: `sector ${to}, from ${from}` };
  };

  it('a log that nothing happened to is whole, also with frames of an earlier round at the end of its write-ahead log', async () => {
    expect([settled.wal.length, settled.content.commits.length]).toEqual([0, 184]);
    expect([framesBySalts(inWal.wal).length, inWal.content.commits.length]).toEqual([2, 134]);
    for (const specimen of [settled, inWal]) expect(await new Examination(specimen).of({})).toEqual({ kind: 'same content' });
  });

  it('a flipped bit in any byte of what is stored of a commit is told with its position', async () => {
    const specimen = await makeSpecimen({ inWal: false, alone: [3, 3], together: 4, small: true });
    const { commits } = specimen.content;
    const examination = new Examination(specimen);
    for (const commit of [commits[0]!, commits[9]!, commits.at(-1)!]) {
      const [from, length] = placeOf(commit, specimen.log);
      for (let offset = from; offset < from + length; offset += 1) {
        const examined = await examination.of({ log: flipped(specimen.log, offset, random.whole(0, 7)) });
        expect([offset, examined.kind === 'told' && examined.report.problems[0]?.position]).toEqual([offset, commit.pos]);
      }
    }
  });

  it('a flipped bit anywhere in the file', async () => {
    expect(await examineAll(settled, 900, bitFlip('log', settled.log))).toBeGreaterThan(600 * TIMES);
  });

  it('a flipped bit anywhere in the write-ahead log, or in the file beneath it', async () => {
    // Without the read models: what is left of the write-ahead log must tell by itself.
    const alone = { ...inWal, views: Buffer.alloc(0) };
    expect(await examineAll(alone, 450, bitFlip('wal', inWal.wal))).toBeGreaterThan(150 * TIMES);
    await examineAll(alone, 60, bitFlip('log', inWal.log));
  });

  it('a file cut anywhere', async () => {
    expect(await examineAll(settled, 60, cut('log', settled.log))).toBe(60 * TIMES);
    await examineAll(inWal, 60, cut('wal', inWal.wal));
    await examineAll(inWal, 30, cut('log', inWal.log));
  });

  it('a torn sector anywhere', async () => {
    await examineAll(settled, 60, tornSector('log', settled.log));
    await examineAll(inWal, 60, tornSector('wal', inWal.wal));
  });
});

/** How many frames there are of each round, in the order of the file. */
const framesBySalts = (wal: Buffer): readonly number[] => {
  const counts = new Map<string, number>();
  for (let offset = 32; offset < wal.length; offset += 24 + wal.readUInt32BE(8)) {
    const salts = wal.toString('hex', offset + 8, offset + 16);
    counts.set(salts, (counts.get(salts) ?? 0) + 1);
  }
  return [...counts.values()];
};

/** Where SQLite has put its texts, one behind the other. */
const placeOf = ({ prev, tags, body, hash }: Commit, file: Buffer): [number, number] => {
  const stored = Buffer.from(prev + JSON.stringify(tags) + body + hash);
  const from = file.indexOf(stored);
  expect(from).toBeGreaterThan(0);
  expect(file.indexOf(stored, from + 1)).toBe(-1);
  return [from, stored.length];
};
