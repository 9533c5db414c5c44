import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeploymentSecrets, Pepper } from './deployment-secrets.js';

interface SecretsFile {
  readonly peppers: readonly { readonly id: string; readonly key: string }[];
  readonly emailPepper: string;
  readonly fenceSecret: string;
  readonly cacheSecret: string;
  readonly sealSecret: string;
}

const FILE_NAME = 'secrets.json';
const newKey = (): string => randomBytes(32).toString('base64');

/**
 * Reads `secrets.json` of the data folder, or makes it (mode 0600) when the folder holds no log yet.
 * With a log but without its secrets it throws: new ones would make every stored hash worthless, silently.
 */
export const openSecretsFile = (dataDir: string, logExists: boolean): DeploymentSecrets => {
  const path = join(dataDir, FILE_NAME);
  if (!existsSync(path)) {
    if (logExists) throw new Error(`${path} is missing, and the log beside it cannot be used without it. Restore it from your backup.`);
    writeDurably(path, {
      peppers: [{ id: '1', key: newKey() }],
      emailPepper: newKey(), fenceSecret: newKey(), cacheSecret: newKey(), sealSecret: newKey(),
    });
  }
  return parse(path, readFileSync(path, 'utf8'));
};

/**
 * Written beside, synced, then renamed: a kill leaves either no file or a whole one. The draft must be a new file: one that lies there
 * would keep its mode, and a link would lead the secrets out of the folder.
 */
const writeDurably = (path: string, file: SecretsFile): void => {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const handle = openSync(draft, 'wx', 0o600);
  writeFileSync(handle, `${JSON.stringify(file, null, 2)}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(draft, path);
  syncFolder(dirname(path));
};

/** Without it a power cut may take the new name away and leave the log that is made next, which is of no use then. */
const syncFolder = (path: string): void => {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
};

const parse = (path: string, text: string): DeploymentSecrets => {
  try {
    const file = JSON.parse(text) as SecretsFile;
    const [first, ...retired] = file.peppers.map((pepper): Pepper => ({ id: pepper.id, key: keyOf(pepper.key) }));
    if (first === undefined) throw new Error('no pepper');
    return {
      peppers: [first, ...retired],
      emailPepper: keyOf(file.emailPepper), fenceSecret: keyOf(file.fenceSecret),
      cacheSecret: keyOf(file.cacheSecret), sealSecret: keyOf(file.sealSecret),
    };
  } catch {
    // The cause is left out on purpose: a parser's message may quote what it read.
    throw new Error(`${path} is not a complete secrets file. Restore it from your backup.`);
  }
};

const keyOf = (base64: string): Buffer => {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== 32) throw new Error('A secret must be 32 bytes.');
  return key;
};
