import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findMongo, findServer, neededServer } from './find-server.js';
import { installMongo } from './install-mongo.js';
import { mongoCapabilities, type MongoChoice } from './mongo-choice.js';
import { pinnedKey } from './pinned-servers.js';
import { cacheFolder, entryFolder, refusedOn, rememberRefusal } from './server-cache.js';

let folder = '';
const said: string[] = [];
const say = (text: string): void => void said.push(text);

const program = (path: string, prints: string): void => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho ${prints}\n`, { mode: 0o755 });
};
const PROGRAMS: Readonly<Record<MongoChoice, readonly string[]>> = {
  mongod: ['mongod'],
  secantusdb: ['bin/python', 'bin/secantusd-py'],
  ferretdb: ['ferretdb'],
};
const putInCache = (choice: MongoChoice, prints = 'v1.2.3'): void => {
  for (const name of PROGRAMS[choice]) program(join(entryFolder(pinnedKey[choice]()), name), prints);
};

/** A machine with a shell, an empty cache, and nothing else on PATH. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyfence-install-'));
  vi.stubEnv('KEYFENCE_SERVERS', join(folder, 'servers'));
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('STACK_MONGO', '');
  mkdirSync(join(folder, 'bin'));
  mkdirSync(cacheFolder());
  symlinkSync('/bin/sh', join(folder, 'bin/sh'));
  said.length = 0;
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('what serves for MongoDB', () => {
  it('is a real mongod, then SecantusDB, then FerretDB', () => {
    expect(findServer.mongo()).toBeNull();
    putInCache('ferretdb');
    expect(findServer.mongo()?.name).toBe('FerretDB');
    putInCache('secantusdb');
    expect(findServer.mongo()?.name).toBe('SecantusDB');
    program(join(folder, 'bin/mongod'), 'db version v8.2.6');
    expect(findServer.mongo()).toMatchObject({ name: 'mongod', version: '8.2.6', path: join(folder, 'bin/mongod') });
  });

  it('is the one that STACK_MONGO names, and no other', () => {
    for (const choice of ['mongod', 'secantusdb', 'ferretdb'] as const) putInCache(choice);
    vi.stubEnv('STACK_MONGO', 'ferretdb');
    expect(findServer.mongo()?.name).toBe('FerretDB');
    rmSync(entryFolder(pinnedKey.ferretdb()), { recursive: true });
    expect(() => neededServer('mongo')).toThrow(
      'STACK_MONGO asks for FerretDB, which is not on this machine. Run "STACK_MONGO=ferretdb npm run stack:install".',
    );
  });

  it('cannot be something else', () => {
    vi.stubEnv('STACK_MONGO', 'postgres');
    expect(() => findServer.mongo()).toThrow('STACK_MONGO must be mongod, secantusdb or ferretdb, not "postgres".');
  });

  it('is never an entry of another version, nor one that does not run', () => {
    program(join(cacheFolder(), 'mongod-1.0.0-any', 'mongod'), 'v1.0.0');
    putInCache('secantusdb', '; exit 1');
    expect(findServer.mongo()).toBeNull();
  });

  it('shares its read models among processes only where updates are atomic', () => {
    expect(['mongod', 'SecantusDB', 'FerretDB'].map((name) => mongoCapabilities({ name }).hasAtomicUpdates)).toEqual([true, true, false]);
    expect(() => mongoCapabilities({ name: 'other' })).toThrow('other does not serve for MongoDB.');
  });
});

describe('installing what serves for MongoDB', () => {
  it('does nothing when the best is there', async () => {
    putInCache('mongod');
    expect(await installMongo(say)).toBe('');
    expect(said).toEqual([]);
  });

  it('without Python goes on to the next one in a sentence; a download that was refused before is not tried again while that serves', async () => {
    rememberRefusal(pinnedKey.mongod());
    putInCache('ferretdb');
    expect(await installMongo(say)).toBe('');
    expect(said).toEqual([
      expect.stringMatching(/^mongod could not be installed on \d{4}-\d\d-\d\d; "STACK_MONGO=mongod npm run stack:install" tries again\.$/),
      'SecantusDB needs Python 3.10 or newer.',
    ]);
    expect(refusedOn(pinnedKey.secantusdb())).toBeNull();
  });

  it('says what is missing for the one that was asked for', async () => {
    putInCache('ferretdb');
    vi.stubEnv('STACK_MONGO', 'secantusdb');
    expect(await installMongo(say)).toBe('SecantusDB needs Python 3.10 or newer.');
    rmSync(entryFolder(pinnedKey.ferretdb()), { recursive: true });
    vi.stubEnv('STACK_MONGO', 'ferretdb');
    expect(await installMongo(say)).toBe('FerretDB needs Go.');
  });

  it('says so in a sentence where Python cannot make virtual environments, and remembers it', async () => {
    vi.stubEnv('STACK_MONGO', 'secantusdb');
    writeFileSync(join(folder, 'bin/python3'), '#!/bin/sh\n[ "$1" = -c ]\n', { mode: 0o755 });
    expect(await installMongo(say)).toMatch(/^This Python cannot make virtual environments \(.+\), which SecantusDB needs\.$/);
    expect(refusedOn(pinnedKey.secantusdb())).not.toBeNull();
  });

  it('replaces an entry that does not run any more', async () => {
    vi.stubEnv('STACK_MONGO', 'ferretdb');
    putInCache('ferretdb', '; exit 1');
    // Stands in for Go: `go build -trimpath -ldflags … -o <program> .`
    writeFileSync(join(folder, 'bin/go'), '#!/bin/sh\nprintf \'#!/bin/sh\\necho v1.2.4\\n\' > "$6"\n/bin/chmod 755 "$6"\n', { mode: 0o755 });
    expect(await installMongo(say)).toBe('');
    expect(findMongo.ferretdb()?.version).toBe('1.2.4');
    expect(said.at(-1)).toMatch(/done after \d+\.\d s/);
  });
});
