import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Pepper } from './deployment-secrets.js';

/**
 * Written next to its place, synced, then renamed: a kill leaves either no file or a whole one. The draft must be a new file: an existing one
 * would keep its mode, and a link could lead the secrets out of the folder.
 */
export const writeDurably = (path: string, text: string): void => {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const handle = openSync(draft, 'wx', 0o600);
  writeFileSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(draft, path);
  syncFolder(dirname(path));
};

/** Without it a power cut may lose the new name but keep the log that is created next, which is then useless. */
const syncFolder = (path: string): void => {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
};

/** 32 random bytes, as the files hold them. */
export const newKey = (): string => randomBytes(32).toString('base64');

/** 32 bytes from base64. */
export const keyOf = (base64: string): Buffer => {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== 32) throw new Error('A secret must be 32 bytes.');
  return key;
};

/** Newest first; throws if there is no key, or one that is malformed. */
export const peppersOf = (listed: readonly { readonly id: string; readonly key: string }[]): readonly [Pepper, ...Pepper[]] => {
  const [first, ...retired] = listed.map(({ id, key }): Pepper => ({ id, key: keyOf(key) }));
  if (first === undefined) throw new Error('no pepper');
  return [first, ...retired];
};
