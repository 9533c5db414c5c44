const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

export interface WalTail {
  /** Where each transaction ends, in bytes from the start of the file. */
  readonly commitEnds: readonly number[];
  /** Where each page written since the file was begun ends, those of an unfinished transaction included. */
  readonly frameEnds: readonly number[];
}

/** The frames of SQLite's write-ahead log that belong to its newest round: older ones further behind have other salts. */
export const readWal = (wal: Buffer): WalTail => {
  if (wal.length < HEADER_BYTES) return { commitEnds: [], frameEnds: [] };
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  const salts = wal.subarray(16, 24);
  const commitEnds: number[] = [];
  const frameEnds: number[] = [];
  for (let start = HEADER_BYTES; start + frameBytes <= wal.length && wal.subarray(start + 8, start + 16).equals(salts); start += frameBytes) {
    frameEnds.push(start + frameBytes);
    // The frame that ends a transaction says how many pages the database then has; the others say 0.
    if (wal.readUInt32BE(start + 4) !== 0) commitEnds.push(start + frameBytes);
  }
  return { commitEnds, frameEnds };
};

export const isUnfinished = (wal: Buffer): boolean => {
  const { commitEnds, frameEnds } = readWal(wal);
  return frameEnds.at(-1) !== commitEnds.at(-1);
};

/** The newest version of every page, by its number. */
export const pagesIn = (wal: Buffer): ReadonlyMap<number, Buffer> => {
  const pageBytes = wal.readUInt32BE(8);
  const starts = readWal(wal).frameEnds.map((end) => end - pageBytes);
  return new Map(starts.map((start) => [wal.readUInt32BE(start - FRAME_HEADER_BYTES), wal.subarray(start, start + pageBytes)]));
};
