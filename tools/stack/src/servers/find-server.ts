import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serversFolder } from '../project-folder.js';

/** A server's program on this machine. */
export interface FoundServer {
  readonly name: string;
  readonly path: string;
  readonly version: string;
}

const VERSION = /v?(\d+\.\d+\.\d+)/;

/** Where a program lies on PATH, or null. The shell looks, so that no code here reads the environment. */
export const onPath = (program: string): string | null => {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' });
  return status === 0 && stdout.startsWith('/') ? stdout.trim() : null;
};

const pathOf = (program: string): string | null => {
  const installed = join(serversFolder(), 'bin', program);
  return existsSync(installed) ? installed : onPath(program);
};

/** Shows null when the program is not there, or does not run on this machine. */
const find = (name: string, program: string): FoundServer | null => {
  const path = pathOf(program);
  if (path === null) return null;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const version = VERSION.exec(stdout ?? '')?.[1];
  return status === 0 && version !== undefined ? { name, path, version } : null;
};

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What the stack can start, best first: `.servers/bin` goes before PATH, a real mongod before FerretDB. Null when there is none. */
export const findServer = {
  nats: (): FoundServer | null => find('nats-server', 'nats-server'),
  redis: (): FoundServer | null => find('valkey-server', 'valkey-server') ?? find('redis-server', 'redis-server'),
  mongo: (): FoundServer | null => find('mongod', 'mongod') ?? find('FerretDB', 'ferretdb'),
  /** For the suites that need a browser; the stack itself starts none. */
  chromium: (): FoundServer | null => CHROMIUMS.map((program) => find('chromium', program)).find((found) => found !== null) ?? null,
} as const;

/** The same, or an error that says what to do. */
export const neededServer = (kind: keyof typeof findServer): FoundServer => {
  const found = findServer[kind]();
  if (found === null) throw new Error(`There is no ${kind} on this machine. Run "npm run stack:install".`);
  return found;
};
