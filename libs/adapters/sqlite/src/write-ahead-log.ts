/**
 * The bytes of a write-ahead log, as in "The WAL file format" of SQLite's file format documentation. SQLite itself takes the frames up to
 * the first that does not check and ignores the rest without a word, which is right after a crash and hides a damaged byte.
 */
export interface WalDamage {
  /** From 1; 0 is the header. */
  readonly frame: number;
  readonly problem: string;
  /** Of the file's header: they change whenever the log begins anew. */
  readonly salts: string;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const VERSION = 3_007_000;
const MAGIC_LITTLE_ENDIAN = 0x377f0682;
const MAGIC_BIG_ENDIAN = 0x377f0683;

/** The two running sums, each modulo 2^32. */
type Sums = readonly [number, number];

interface Wal {
  readonly bytes: DataView;
  readonly pageBytes: number;
  readonly frames: number;
  readonly salts: Sums;
  /** Byte order of the words that are summed; everything else is big-endian. */
  readonly littleEndian: boolean;
}

interface Frame {
  readonly page: number;
  /** Pages of the file after the commit that this frame ends; 0 for any other frame. */
  readonly pagesAfterCommit: number;
  readonly salts: Sums;
  readonly sums: Sums;
  readonly offset: number;
}

/**
 * What SQLite would ignore although it may have been committed; null if there is nothing of that kind. Three things may follow
 * the last commit without being damage: frames of a write that a crash cut off before its last frame, a piece of a frame at the end,
 * and frames from before the log began anew, which have other salts.
 */
export function findWalDamage(file: Buffer): WalDamage | null {
  if (file.length === 0) return null;
  const wal = readHeader(file);
  if (wal === null) return { frame: 0, problem: 'the checksum of its header is wrong, so SQLite ignores all of it', salts: '' };
  let sums: Sums = sumsAt(wal, 24);
  for (let number = 1; number <= wal.frames; number += 1) {
    const frame = readFrame(wal, number);
    if (!isCurrent(wal, frame) || frame.page === 0 || !same(sumOf(wal, frame, sums), frame.sums)) return judgeRest(wal, number, sums);
    sums = frame.sums;
  }
  return null;
}

/** `first` is the first frame that SQLite ignores; `before` are the sums that it should continue. */
function judgeRest(wal: Wal, first: number, before: Sums): WalDamage | null {
  const damage = (problem: string): WalDamage => ({ frame: first, problem, salts: wal.salts.join(' ') });
  if (lostCommitMark(wal, readFrame(wal, first), before)) return damage('its commit mark is gone');
  for (let number = first; number <= wal.frames; number += 1) {
    const frame = readFrame(wal, number);
    if (isCurrent(wal, frame)) {
      if (frame.pagesAfterCommit === 0) continue;
      return damage(number === first ? 'it ends a commit and its checksum is wrong' : `its checksum is wrong, and a commit ends after it, in frame ${number}`);
    }
    // Salts of another round differ in both: the first is counted up, the second is random.
    if (frame.salts[0] === wal.salts[0] || frame.salts[1] === wal.salts[1]) return damage(`frame ${number} has half of the salts of this log`);
  }
  return null;
}

/**
 * The sums can be run backwards: from those that the frame should end with, through its page, to the two words that it should begin with.
 * Where the first of them is the page that it names, and only the other differs, that other one was changed after it was written.
 */
function lostCommitMark(wal: Wal, frame: Frame, before: Sums): boolean {
  if (!isCurrent(wal, frame) || frame.pagesAfterCommit !== 0) return false;
  let [left, right] = frame.sums;
  for (let offset = frame.offset + FRAME_HEADER_BYTES + wal.pageBytes - 8; offset >= frame.offset + FRAME_HEADER_BYTES; offset -= 8) {
    right = (right - wordAt(wal, offset + 4) - left) | 0;
    left = (left - wordAt(wal, offset) - right) | 0;
  }
  const page = (left - before[0] - before[1]) | 0;
  return page === wordAt(wal, frame.offset);
}

function readHeader(file: Buffer): Wal | null {
  if (file.length < HEADER_BYTES) return null;
  const bytes = new DataView(file.buffer, file.byteOffset, file.length);
  const magic = bytes.getUint32(0);
  const pageBytes = bytes.getUint32(8);
  const isPageSize = pageBytes >= 512 && pageBytes <= 65_536 && (pageBytes & (pageBytes - 1)) === 0;
  if ((magic !== MAGIC_LITTLE_ENDIAN && magic !== MAGIC_BIG_ENDIAN) || bytes.getUint32(4) !== VERSION || !isPageSize) return null;
  const frames = Math.floor((file.length - HEADER_BYTES) / (FRAME_HEADER_BYTES + pageBytes));
  const wal: Wal = { bytes, pageBytes, frames, salts: [bytes.getInt32(16), bytes.getInt32(20)], littleEndian: magic === MAGIC_LITTLE_ENDIAN };
  return same(sum(wal, 0, 24, [0, 0]), sumsAt(wal, 24)) ? wal : null;
}

function readFrame(wal: Wal, number: number): Frame {
  const offset = HEADER_BYTES + (number - 1) * (FRAME_HEADER_BYTES + wal.pageBytes);
  const { bytes } = wal;
  return {
    offset,
    page: bytes.getUint32(offset),
    pagesAfterCommit: bytes.getUint32(offset + 4),
    salts: [bytes.getInt32(offset + 8), bytes.getInt32(offset + 12)],
    sums: sumsAt(wal, offset + 16),
  };
}

/** Over the page's number, the mark of a commit and the page, on top of the sums of the frame before. */
const sumOf = (wal: Wal, { offset }: Frame, before: Sums): Sums => sum(wal, offset + FRAME_HEADER_BYTES, wal.pageBytes, sum(wal, offset, 8, before));

function sum(wal: Wal, from: number, length: number, [left, right]: Sums): Sums {
  for (let offset = from; offset < from + length; offset += 8) {
    left = (left + wordAt(wal, offset) + right) | 0;
    right = (right + wordAt(wal, offset + 4) + left) | 0;
  }
  return [left, right];
}

const wordAt = ({ bytes, littleEndian }: Wal, offset: number): number => bytes.getInt32(offset, littleEndian);
const sumsAt = ({ bytes }: Wal, offset: number): Sums => [bytes.getInt32(offset), bytes.getInt32(offset + 4)];
const same = (one: Sums, other: Sums): boolean => one[0] === other[0] && one[1] === other[1];
const isCurrent = (wal: Wal, { salts }: Frame): boolean => same(salts, wal.salts);
