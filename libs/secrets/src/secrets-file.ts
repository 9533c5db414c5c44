import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeploymentSecrets } from './deployment-secrets.js';
import { keyOf, newKey, peppersOf, writeDurably } from './durable-file.js';

interface SecretsFile {
  readonly peppers: readonly { readonly id: string; readonly key: string }[];
  readonly emailPepper: string;
  readonly fenceSecret: string;
  readonly cacheSecret: string;
  readonly sealSecret: string;
}

const FILE_NAME = 'secrets.json';

/**
 * Reads `secrets.json` of the data folder, or creates it (mode 0600) if the folder holds no log yet.
 * With a log but without its secrets it throws: new ones would make every stored hash worthless, silently.
 */
export const openSecretsFile = (dataDir: string, logExists: boolean): DeploymentSecrets => {
  const path = join(dataDir, FILE_NAME);
  if (!existsSync(path)) {
    if (logExists) throw new Error(`${path} is missing, and the log beside it cannot be used without it. Restore it from your backup.`);
    const file: SecretsFile = {
      peppers: [{ id: '1', key: newKey() }],
      emailPepper: newKey(),
      fenceSecret: newKey(),
      cacheSecret: newKey(),
      sealSecret: newKey(),
    };
    writeDurably(path, `${JSON.stringify(file, null, 2)}\n`);
  }
  return parse(path, readFileSync(path, 'utf8'));
};

const parse = (path: string, text: string): DeploymentSecrets => {
  try {
    const file = JSON.parse(text) as SecretsFile;
    return {
      peppers: peppersOf(file.peppers),
      emailPepper: keyOf(file.emailPepper),
      fenceSecret: keyOf(file.fenceSecret),
      cacheSecret: keyOf(file.cacheSecret),
      sealSecret: keyOf(file.sealSecret),
    };
  } catch {
    // The cause is left out on purpose: a parser's message may quote what it read.
    throw new Error(`${path} is not a complete secrets file. Restore it from your backup.`);
  }
};
