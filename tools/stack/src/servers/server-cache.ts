import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const DIGEST_CHARACTERS = 12;
const PUBLISH_ATTEMPTS = 5;

/** The folder of all clones of this user; `KEYFENCE_SERVERS` names another. */
export const cacheFolder = (): string => {
  const { KEYFENCE_SERVERS: asked = '', XDG_CACHE_HOME: userCache = '' } = process.env;
  if (asked !== '' && !isAbsolute(asked)) throw new Error(`KEYFENCE_SERVERS must be an absolute path, not "${asked}".`);
  return asked === '' ? join(isAbsolute(userCache) ? userCache : join(homedir(), '.cache'), 'keyfence/servers') : asked;
};

/** Another version, another platform, or another content of the files it is built from is another key. */
export const cacheKey = (name: string, version: string, sources: readonly string[] = []): string => {
  const digest = createHash('sha256');
  for (const source of sources) digest.update(readFileSync(source));
  return [name, version, ...(sources.length === 0 ? [] : [digest.digest('hex').slice(0, DIGEST_CHARACTERS)]), process.platform, process.arch].join('-');
};

export const entryFolder = (key: string): string => join(cacheFolder(), key);

/** Moves a complete entry to its place. Another clone may put the same one there at any moment; one that is not sound is replaced. */
const publish = (staging: string, key: string, isSound: () => boolean): void => {
  const entry = entryFolder(key);
  for (let attempt = 1; ; attempt += 1) {
    try {
      renameSync(staging, entry);
      return;
    } catch (error) {
      if (!existsSync(entry) || attempt === PUBLISH_ATTEMPTS) throw error;
      if (isSound()) return;
      setAside(entry, key);
    }
  }
};

// Renamed first: a clone that looks at this moment finds all of it or nothing.
const setAside = (entry: string, key: string): void => {
  const broken = mkdtempSync(join(cacheFolder(), `.${key}-broken-`));
  try {
    renameSync(entry, join(broken, 'entry'));
  } finally {
    rmSync(broken, { recursive: true, force: true });
  }
};

/** Lets `fill` make an entry in a folder that no clone looks at, then moves it to its place. `fill` says '' or why it could not. */
export const installEntry = async (key: string, fill: (folder: string) => Promise<string>, isSound: () => boolean): Promise<string> => {
  mkdirSync(cacheFolder(), { recursive: true });
  const staging = mkdtempSync(join(cacheFolder(), `.${key}-`));
  try {
    const failure = await fill(staging);
    if (failure === '') publish(staging, key, isSound);
    return failure;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
};

const refusalFile = (key: string): string => join(cacheFolder(), `${key}.refused`);

/** So that every run of the tests need not wait for a network that has refused before. */
export const rememberRefusal = (key: string): void => writeFileSync(refusalFile(key), `${new Date().toISOString()}\n`);
export const forgetRefusal = (key: string): void => rmSync(refusalFile(key), { force: true });
/** The day of the refusal, or null. */
export const refusedOn = (key: string): string | null => (existsSync(refusalFile(key)) ? readFileSync(refusalFile(key), 'utf8').slice(0, 10) : null);
