import { existsSync, readdirSync, readFileSync } from 'node:fs';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Ended meanwhile, or another user's.
    return '';
  }
};

const kilobytes = (status: string, field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);

export interface ProcessMemory {
  readonly nowBytes: number;
  /** The most it ever had. */
  readonly peakBytes: number;
}

/** Linux tells what a process has in memory; elsewhere there is nothing to compare. */
export const canReadMemory = existsSync('/proc/self/status');

/** Of the server on this data folder, which is found by its environment: no other process has the folder. */
export const memoryOfServerOn = (dataDir: string): ProcessMemory => {
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).split('\0').includes(`DATA_DIR=${dataDir}`));
  if (pid === undefined) throw new Error(`No process runs on ${dataDir}.`);
  const status = read(`/proc/${pid}/status`);
  return { nowBytes: kilobytes(status, 'VmRSS') * 1_024, peakBytes: kilobytes(status, 'VmHWM') * 1_024 };
};
