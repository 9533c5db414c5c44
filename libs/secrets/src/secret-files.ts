import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pepper } from './deployment-secrets.js';
import { keyOf, newKey, peppersOf, writeDurably } from './durable-file.js';

const PEPPERS = 'key-peppers.json';
const KEY_FILES = ['email-pepper', 'fence-secret', 'cache-secret', 'seal-secret'] as const;
type KeyFile = (typeof KEY_FILES)[number];
type SecretFile = KeyFile | typeof PEPPERS;

/** The only secrets that each service may hold (architecture.md, "Secrets"). */
export const SECRETS_OF_SERVICE = {
  keys: [PEPPERS, 'fence-secret'],
  directory: ['email-pepper', 'seal-secret', 'fence-secret'],
  gateway: ['fence-secret', 'cache-secret'],
  validation: ['fence-secret', 'cache-secret'],
} as const satisfies Readonly<Record<string, readonly SecretFile[]>>;

/** The secrets of one service, one file each, so that it gets no others. Every getter throws with a sentence when its file is missing or damaged. */
export class SecretFiles {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws for the first file of this service that is missing or damaged: before the process waits for servers, not after. */
  check(service: keyof typeof SECRETS_OF_SERVICE): void {
    for (const file of SECRETS_OF_SERVICE[service]) {
      if (file === PEPPERS) void this.peppers;
      else this.#read(file, keyOf);
    }
  }

  get peppers(): readonly [Pepper, ...Pepper[]] {
    return this.#read(PEPPERS, (text) => peppersOf(JSON.parse(text) as { id: string; key: string }[]));
  }
  get emailPepper(): Buffer {
    return this.#read('email-pepper', keyOf);
  }
  get fenceSecret(): Buffer {
    return this.#read('fence-secret', keyOf);
  }
  get cacheSecret(): Buffer {
    return this.#read('cache-secret', keyOf);
  }
  get sealSecret(): Buffer {
    return this.#read('seal-secret', keyOf);
  }

  #read<Value>(file: SecretFile, parse: (text: string) => Value): Value {
    const path = join(this.#folder, file);
    if (!existsSync(path)) throw new Error(`${path} is missing. Set SECRETS_DIR to the folder with this service's secrets.`);
    try {
      return parse(readFileSync(path, 'utf8').trim());
    } catch {
      // The cause is left out on purpose: a parser's message may quote what it read.
      throw new Error(`${path} cannot be read or is not a secret. Restore it from your backup.`);
    }
  }
}

const newSecret = (file: SecretFile): string => (file === PEPPERS ? JSON.stringify([{ id: '1', key: newKey() }]) : newKey());

/**
 * Makes a folder per service with the secrets that it may hold, each file for its owner only. Existing files are kept, and a secret that one
 * service has already is copied to the others that share it: a second run changes nothing.
 */
export const createServiceSecrets = (root: string): void => {
  const values = new Map<SecretFile, string>();
  const places = Object.entries(SECRETS_OF_SERVICE).flatMap(([service, files]) => files.map((file) => ({ file, folder: join(root, service) })));
  for (const { file, folder } of places) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    const value = readFileSync(path, 'utf8');
    if ((values.get(file) ?? value) !== value) throw new Error(`${path} differs from what another service has under that name. Both must be the same.`);
    values.set(file, value);
  }
  for (const { file, folder } of places) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const value = values.get(file) ?? newSecret(file);
    values.set(file, value);
    if (!existsSync(join(folder, file))) writeDurably(join(folder, file), value);
  }
};
