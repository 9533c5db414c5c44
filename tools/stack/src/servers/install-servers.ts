import { projectFolder } from '../project-folder.js';
import { findServer, type FoundServer, onPath } from './find-server.js';
import { BUILD_MS, installMongo } from './install-mongo.js';
import { MONGO_CHOICES } from './mongo-choice.js';
import { NATS_VERSION, pinnedKey } from './pinned-servers.js';
import { runCommand, type Say } from './run-command.js';
import { installEntry } from './server-cache.js';

/** What there is for one of the servers, or for the browser that suites drive; `found` is null when it could not be had, and `advice` says what to do then. */
export interface Installed {
  readonly wanted: string;
  readonly found: FoundServer | null;
  readonly advice: string;
}

const NATS_MODULE = `github.com/nats-io/nats-server/v2@v${NATS_VERSION}`;

const installNats = async (say: Say): Promise<string> => {
  if (findServer.nats() !== null) return '';
  if (onPath('go') === null) return 'Install nats-server 2.12 or newer, or Go, and run this again.';
  const build = async (folder: string): Promise<string> => {
    const { isDone, lastWords } = await runCommand(
      {
        what: `Building nats-server ${NATS_VERSION}`,
        command: 'go',
        args: ['install', NATS_MODULE],
        cwd: projectFolder(),
        env: { GOBIN: folder },
        limitMs: BUILD_MS,
      },
      say,
    );
    return isDone ? '' : `go install failed for nats-server:\n${lastWords}`;
  };
  return installEntry(pinnedKey['nats-server'](), build, () => findServer.nats()?.version === NATS_VERSION);
};

const installPackage = async (name: string, advice: string, say: Say): Promise<string> => {
  if (process.getuid?.() !== 0 || onPath('apt-get') === null) return advice;
  const aptGet = async (what: string, ...args: readonly string[]): Promise<boolean> =>
    (await runCommand({ what, command: 'apt-get', args, cwd: projectFolder(), limitMs: BUILD_MS }, say)).isDone;
  const install = (): Promise<boolean> => aptGet(`Installing ${name} with apt-get`, 'install', '-y', '--no-install-recommends', name);
  return (await install()) || ((await aptGet('Reading the package lists of apt-get', 'update')) && (await install())) ? '' : advice;
};

const installRedis = async (say: Say): Promise<string> =>
  findServer.redis() === null
    ? installPackage('redis-server', 'Install Valkey or Redis 7 (valkey-server or redis-server on PATH) and run this again.', say)
    : '';

const installChromium = async (say: Say): Promise<string> =>
  findServer.chromium() === null ? installPackage('chromium', 'Install Chromium or Chrome (chromium or google-chrome on PATH) and run this again.', say) : '';

/** Puts what this machine lacks into the cache of this user; what is there already, on PATH or from before, stays. Prints progress through `say`. */
export const installServers = async (say: Say): Promise<readonly Installed[]> => {
  const ensure = async (wanted: string, find: () => FoundServer | null, install: (say: Say) => Promise<string>): Promise<Installed> => {
    const advice = await install(say);
    return { wanted, found: find(), advice };
  };
  return [
    await ensure('NATS', findServer.nats, installNats),
    await ensure('Redis', findServer.redis, installRedis),
    await ensure('MongoDB', findServer.mongo, installMongo),
    await ensure('browser', findServer.chromium, installChromium),
  ];
};

/** One line per server: what it is, its version, where it lies. */
export const installedTable = (servers: readonly Installed[]): string => {
  const rows = servers.map(({ wanted, found, advice }) =>
    found === null ? [wanted, 'missing', '', advice || 'The program that was installed does not run here.'] : [wanted, found.name, found.version, found.path],
  );
  return [['for', 'server', 'version', 'where'], ...rows]
    .map(([wanted = '', name = '', version = '', where = '']) => `${wanted.padEnd(9)}${name.padEnd(15)}${version.padEnd(12)}${where}\n`)
    .join('');
};

/** Which server the suites of the distributed mode run on, in a sentence. */
export const mongoSentence = (servers: readonly Installed[]): string => {
  const mongo = servers.find(({ wanted }) => wanted === 'MongoDB')?.found ?? null;
  return mongo === null ? '' : `${mongo.name} ${mongo.version} serves for MongoDB; STACK_MONGO asks for one by name (${MONGO_CHOICES.join(', ')}).\n`;
};
