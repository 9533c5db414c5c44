// Where the suites keep what they throw away. Uses nothing but Node.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Suites keep at most a few hundred megabytes at a time. */
const ENOUGH_BYTES = 4 * 2 ** 30;

/**
 * A new folder in memory, or null if this machine has no suitable one. No suite cuts the power, so none needs a disk, but
 * those that kill inside a commit; and the disk of a shared machine can stand still for seconds, which is longer than a request may take.
 */
export function suitesFolder() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ENOUGH_BYTES) return null;
    const folder = mkdtempSync(join(MEMORY, 'keyfence-suites-'));
    if (mayExecute(folder)) return folder;
    rmSync(folder, { recursive: true, force: true });
    return null;
  } catch {
    return null;
  }
}

/** Some suites start programs that they wrote; containers often forbid it here. */
function mayExecute(folder) {
  const probe = join(folder, 'probe');
  writeFileSync(probe, '#!/bin/sh\n', { mode: 0o700 });
  const { status } = spawnSync(probe);
  rmSync(probe);
  return status === 0;
}
