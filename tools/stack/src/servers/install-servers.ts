import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, serversFolder } from '../project-folder.js';
import { findServer, type FoundServer, onPath } from './find-server.js';

/** What there is for one of the servers, or for the browser that suites drive; `found` is null when it could not be had, and `advice` says what to do then. */
export interface Installed {
  readonly wanted: string;
  readonly found: FoundServer | null;
  readonly advice: string;
}

type Say = (text: string) => void;

const NATS = 'github.com/nats-io/nats-server/v2@v2.15.2';
const BUILD_MS = 900_000;
const DOWNLOAD_MS = 120_000;

// Arguments, never text put into the script: a folder's name may hold anything.
const DOWNLOAD = `
const { MongoBinary } = await import('mongodb-memory-server-core');
const [downloadDir] = process.argv.slice(1);
process.stdout.write(await MongoBinary.getPath({ downloadDir }));
`;

const runs = (command: string, args: readonly string[], cwd: string, timeoutMs = BUILD_MS): boolean =>
  spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2], timeout: timeoutMs, killSignal: 'SIGKILL' }).status === 0;

const binFolder = (): string => join(serversFolder(), 'bin');

const installNats = (say: Say): string => {
  if (onPath('go') === null) return `Install nats-server 2.12 or newer, or Go, and run this again.`;
  say(`Building ${NATS} …`);
  return runs('sh', ['-c', 'GOBIN="$1" exec go install "$2"', 'sh', binFolder(), NATS], projectFolder()) ? '' : 'go install failed; its output is above.';
};

const installPackage = (name: string, advice: string, say: Say): string => {
  if (process.getuid?.() !== 0 || onPath('apt-get') === null) return advice;
  say(`Installing ${name} with apt-get …`);
  const install = (): boolean => runs('apt-get', ['install', '-y', '--no-install-recommends', name], projectFolder());
  return install() || (runs('apt-get', ['update'], projectFolder()) && install()) ? '' : advice;
};

const installRedis = (say: Say): string =>
  installPackage('redis-server', 'Install Valkey or Redis 7 (valkey-server or redis-server on PATH) and run this again.', say);

const installChromium = (say: Say): string => installPackage('chromium', 'Install Chromium or Chrome (chromium or google-chrome on PATH) and run this again.', say);

// In a process of its own: a download cannot be given up from inside.
const downloadMongod = (say: Say): boolean => {
  say('Downloading mongod …');
  const downloadDir = join(serversFolder(), 'mongodb');
  mkdirSync(downloadDir, { recursive: true });
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', DOWNLOAD, downloadDir],
    { cwd: projectFolder(), encoding: 'utf8', timeout: DOWNLOAD_MS, killSignal: 'SIGKILL' });
  if (status !== 0) {
    say('It cannot be downloaded from here.');
    rmSync(downloadDir, { recursive: true, force: true });
    return false;
  }
  const link = join(binFolder(), 'mongod');
  rmSync(link, { force: true });
  symlinkSync(stdout.trim(), link);
  return findServer.mongo()?.name === 'mongod';
};

const installMongo = (say: Say): string => {
  if (downloadMongod(say)) return '';
  if (onPath('go') === null) return 'Install MongoDB 8 (mongod on PATH), or Go for FerretDB, and run this again.';
  say('Building FerretDB instead, a MongoDB-protocol server on SQLite (about a minute) …');
  const script = 'CGO_ENABLED=0 exec go build -trimpath -ldflags "-s -w" -o "$1" .';
  const folder = join(projectFolder(), 'tools/stack/ferretdb');
  return runs('sh', ['-c', script, 'sh', join(binFolder(), 'ferretdb')], folder) ? '' : 'go build failed; its output is above.';
};

/** Puts what this machine lacks into `.servers/bin`; what is there already, on PATH or from before, stays. Prints progress through `say`. */
export const installServers = (say: Say): readonly Installed[] => {
  mkdirSync(binFolder(), { recursive: true });
  const ensure = (wanted: string, find: () => FoundServer | null, install: (say: Say) => string): Installed => {
    const present = find();
    const advice = present === null ? install(say) : '';
    return { wanted, found: present ?? find(), advice };
  };
  return [
    ensure('NATS', findServer.nats, installNats),
    ensure('Redis', findServer.redis, installRedis),
    ensure('MongoDB', findServer.mongo, installMongo),
    ensure('browser', findServer.chromium, installChromium),
  ];
};

/** One line per server: what it is, its version, where it lies. */
export const installedTable = (servers: readonly Installed[]): string => {
  const rows = servers.map(({ wanted, found, advice }) =>
    found === null ? [wanted, 'missing', '', advice || 'The program that was installed does not run here.'] : [wanted, found.name, found.version, found.path]);
  return [['for', 'server', 'version', 'where'], ...rows]
    .map(([wanted = '', name = '', version = '', where = '']) => `${wanted.padEnd(9)}${name.padEnd(15)}${version.padEnd(10)}${where}\n`).join('');
};
