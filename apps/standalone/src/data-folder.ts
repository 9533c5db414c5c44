import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataLock } from '@app/adapters/sqlite';
import { BadSettings } from '@app/platform';
import { type DeploymentSecrets, openSecretsFile } from '@app/secrets';

const LOCK_WAIT_MS = 1_000;

export interface DataFolder {
  readonly dataDir: string;
  readonly lock: DataLock;
  readonly secrets: DeploymentSecrets;
}

/** One level at a time: Node's own recursive call never returns if the system refuses a folder, as below /proc. */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
};

/** Creates the folder if it is missing, takes its lock and reads or creates its secrets. Throws with a sentence for the operator. */
export const openDataFolder = (dataDir: string): DataFolder => {
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.W_OK | constants.R_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new BadSettings([`The data folder ${dataDir} cannot be written (${reason}). Set DATA_DIR to a writable folder.`]);
  }
  const lock = new DataLock(dataDir, LOCK_WAIT_MS);
  return { dataDir, lock, secrets: openSecretsFile(dataDir, existsSync(join(dataDir, 'log.db'))) };
};
