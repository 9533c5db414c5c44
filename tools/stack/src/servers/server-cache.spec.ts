import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheFolder, cacheKey, entryFolder, forgetRefusal, installEntry, refusedOn, rememberRefusal } from './server-cache.js';

const KEY = 'server-1';
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyfence-cache-'));
  vi.stubEnv('KEYFENCE_SERVERS', join(folder, 'servers'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const programOf = (): string => readFileSync(join(entryFolder(KEY), 'program'), 'utf8');
const isSound = (): boolean => existsSync(join(entryFolder(KEY), 'program'));
const fillWith =
  (text: string, ready: Promise<void> = Promise.resolve()) =>
  async (staging: string): Promise<string> => {
    writeFileSync(join(staging, 'program'), text);
    await ready;
    return '';
  };

describe('the key of an installed server', () => {
  it('is another one for another version, and for other content of the files that it is built from', () => {
    const source = join(folder, 'go.mod');
    writeFileSync(source, 'one');
    const key = cacheKey('server', '1.0.0', [source]);
    expect(cacheKey('server', '1.0.0', [source])).toBe(key);
    expect(cacheKey('server', '1.0.1', [source])).not.toBe(key);
    writeFileSync(source, 'two');
    expect(cacheKey('server', '1.0.0', [source])).not.toBe(key);
    expect(key).toMatch(new RegExp(`^server-1\\.0\\.0-[0-9a-f]{12}-${process.platform}-${process.arch}$`));
  });
});

describe('the folder of installed servers', () => {
  it('is the one of KEYFENCE_SERVERS, then of XDG_CACHE_HOME, then of the home folder', () => {
    expect(cacheFolder()).toBe(join(folder, 'servers'));
    vi.stubEnv('KEYFENCE_SERVERS', '');
    vi.stubEnv('XDG_CACHE_HOME', folder);
    expect(cacheFolder()).toBe(join(folder, 'keyfence/servers'));
    vi.stubEnv('XDG_CACHE_HOME', '');
    expect(cacheFolder()).toMatch(/\/\.cache\/keyfence\/servers$/);
  });

  it('is refused when it is relative, because each process would take another one', () => {
    vi.stubEnv('KEYFENCE_SERVERS', 'servers');
    expect(cacheFolder).toThrow('KEYFENCE_SERVERS must be an absolute path, not "servers".');
  });
});

describe('installing into the cache', () => {
  it('by two clones at once leaves one whole entry and nothing else', async () => {
    let goOn = (): void => undefined;
    const bothFilled = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const installs = ['a', 'b'].map((text) => installEntry(KEY, fillWith(text, bothFilled), isSound));
    goOn();
    expect(await Promise.all(installs)).toEqual(['', '']);
    expect(programOf()).toMatch(/^[ab]$/);
    expect(readdirSync(cacheFolder())).toEqual([KEY]);
  });

  it('shows nothing of an entry before it is whole', async () => {
    await installEntry(
      KEY,
      async (staging) => {
        await fillWith('a')(staging);
        expect(existsSync(entryFolder(KEY))).toBe(false);
        return '';
      },
      isSound,
    );
    expect(isSound()).toBe(true);
  });

  it('replaces an entry that is not sound, and keeps one that is', async () => {
    mkdirSync(entryFolder(KEY), { recursive: true });
    writeFileSync(join(entryFolder(KEY), 'half'), '');
    await installEntry(KEY, fillWith('first'), isSound);
    expect([programOf(), readdirSync(entryFolder(KEY))]).toEqual(['first', ['program']]);
    await installEntry(KEY, fillWith('second'), isSound);
    expect(programOf()).toBe('first');
    expect(readdirSync(cacheFolder())).toEqual([KEY]);
  });

  it('leaves nothing behind when it fails', async () => {
    expect(await installEntry(KEY, async () => 'no network', isSound)).toBe('no network');
    await expect(
      installEntry(
        KEY,
        async () => {
          throw new Error('disk full');
        },
        isSound,
      ),
    ).rejects.toThrow('disk full');
    expect(readdirSync(cacheFolder())).toEqual([]);
  });

  it('remembers the day of a refusal until it is forgotten', () => {
    mkdirSync(cacheFolder());
    expect(refusedOn(KEY)).toBeNull();
    rememberRefusal(KEY);
    expect(refusedOn(KEY)).toMatch(/^\d{4}-\d\d-\d\d$/);
    forgetRefusal(KEY);
    expect(refusedOn(KEY)).toBeNull();
  });
});
