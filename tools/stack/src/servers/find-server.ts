import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askedMongo, MONGO_CHOICES, MONGO_KINDS, type MongoChoice } from './mongo-choice.js';
import { pinnedKey } from './pinned-servers.js';
import { entryFolder } from './server-cache.js';

/** A server's program on this machine. */
export interface FoundServer {
  readonly name: string;
  readonly path: string;
  /** What comes before the server's own arguments: the script, where the program is an interpreter. */
  readonly args: readonly string[];
  readonly version: string;
}

const VERSION = /v?(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)/;
const PROBE_MS = 10_000;

/** Where a program lies on PATH, or null. */
export const onPath = (program: string): string | null => {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' });
  return status === 0 && stdout.startsWith('/') ? stdout.trim() : null;
};

/** The version that a program prints; null when it does not run on this machine. */
const versionOf = (path: string, args: readonly string[]): string | null => {
  const { status, stdout } = spawnSync(path, args, { encoding: 'utf8', timeout: PROBE_MS });
  return status === 0 ? (VERSION.exec(stdout)?.[1] ?? null) : null;
};

const runnable = (name: string, path: string | null): FoundServer | null => {
  if (path === null) return null;
  const version = versionOf(path, ['--version']);
  return version === null ? null : { name, path, args: [], version };
};

const inCache = (name: string, program: keyof typeof pinnedKey): FoundServer | null => {
  const path = join(entryFolder(pinnedKey[program]()), program);
  return existsSync(path) ? runnable(name, path) : null;
};

// By interpreter and script: the script's own first line holds the folder that it was installed in, before that was moved to its place.
const secantusInCache = (): FoundServer | null => {
  const folder = entryFolder(pinnedKey.secantusdb());
  const [path, script] = [join(folder, 'bin/python'), join(folder, 'bin/secantusd-py')];
  if (!existsSync(path) || !existsSync(script)) return null;
  // Its storage engine is loaded too: an entry made with another Python lacks nothing but that.
  const version = versionOf(path, ['-I', '-c', 'import wiredtiger; from importlib.metadata import version; print(version("secantusdb"))']);
  return version === null ? null : { name: MONGO_KINDS.secantusdb.name, path, args: ['-I', script], version };
};

/** Null when this one is not on the machine. */
export const findMongo: Readonly<Record<MongoChoice, () => FoundServer | null>> = {
  mongod: () => inCache(MONGO_KINDS.mongod.name, 'mongod') ?? runnable(MONGO_KINDS.mongod.name, onPath('mongod')),
  secantusdb: secantusInCache,
  ferretdb: () => inCache(MONGO_KINDS.ferretdb.name, 'ferretdb'),
};

const first = <Candidate>(candidates: readonly Candidate[], find: (candidate: Candidate) => FoundServer | null): FoundServer | null => {
  for (const candidate of candidates) {
    const found = find(candidate);
    if (found !== null) return found;
  }
  return null;
};

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What the stack can start, best first: the cache goes before PATH. Null when there is none. */
export const findServer = {
  nats: (): FoundServer | null => inCache('nats-server', 'nats-server') ?? runnable('nats-server', onPath('nats-server')),
  redis: (): FoundServer | null => first(['valkey-server', 'redis-server'], (program) => runnable(program, onPath(program))),
  /** The one that `STACK_MONGO` asks for, and no other; without it the best that is there. */
  mongo: (): FoundServer | null => {
    const asked = askedMongo();
    return first(asked === null ? MONGO_CHOICES : [asked], (choice) => findMongo[choice]());
  },
  /** For the suites that need a browser; the stack itself starts none. */
  chromium: (): FoundServer | null => first(CHROMIUMS, (program) => runnable('chromium', onPath(program))),
} as const;

/** The same, or an error that says what to do. */
export const neededServer = (kind: keyof typeof findServer): FoundServer => {
  const found = findServer[kind]();
  if (found !== null) return found;
  const asked = kind === 'mongo' ? askedMongo() : null;
  if (asked !== null)
    throw new Error(`STACK_MONGO asks for ${MONGO_KINDS[asked].name}, which is not on this machine. Run "STACK_MONGO=${asked} npm run stack:install".`);
  throw new Error(`There is no ${kind} on this machine. Run "npm run stack:install".`);
};
