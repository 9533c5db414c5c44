// The standalone server as an operator starts it, on a data folder of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtEntry } from '@tools/stack/src/stack/service-replica.js';
import type { ApiAccess } from './backend-api.js';
import { NodeProcess, partFile, SERVER_CORE, type Stoppable } from './processes.js';
import type { Target } from './rounds.js';

const START_DEADLINE_MS = 120_000;
const LISTENING = /listening on (http:\/\/\S+)/;
const BACKEND_KEY = /\b[0-9a-f]{128}\b/;

export interface StandaloneServer extends ApiAccess, Target, Stoppable {
  readonly process: NodeProcess;
  readonly dataDir: string;
  /** The moment before the process was made. */
  readonly startedAt: number;
  kill(): Promise<void>;
}

export interface StartOptions {
  readonly dataDir: string;
  /** Printed once, by the first start on the folder; a later start must be given it. */
  readonly backendKey?: string;
  /** Programs of the bench that Node loads before the server, to watch what a benchmark is about. */
  readonly preloads?: readonly string[];
  /** Default: the standalone server as `npm run build` makes it. */
  readonly entry?: string;
}

/** Removed at the end of the run at the latest, however it ends: the processes are gone by then (processes.ts). */
export const newDataFolder = (): { readonly dataDir: string; readonly remove: () => void } => {
  const dataDir = mkdtempSync(join(tmpdir(), 'keyfence-bench-'));
  const remove = (): void => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  return { dataDir, remove };
};

/** Resolves when it listens. BENCH_NODE_ARGS (--cpu-prof) goes to the server. */
export const startOn = async ({ dataDir, backendKey, preloads = [], entry = builtEntry('standalone') }: StartOptions): Promise<StandaloneServer> => {
  const env = { PORT: '0', HOST: '127.0.0.1', ADMIN_PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', PLATFORM_LIMIT_PER_MINUTE: '1000000000' };
  const given = (process.env['BENCH_NODE_ARGS'] ?? '').split(' ').filter((arg) => arg !== '');
  const imports = preloads.flatMap((name) => ['--import', pathToFileURL(partFile(name)).href]);
  const startedAt = performance.now();
  const server = new NodeProcess(SERVER_CORE, entry, { env, args: [...given, ...imports] });
  const [, origin = ''] = await server.lineThatMatches(LISTENING, START_DEADLINE_MS);
  const [firstKey] = backendKey === undefined ? await server.lineThatMatches(BACKEND_KEY, START_DEADLINE_MS) : [backendKey];
  return {
    process: server,
    origin,
    port: Number(new URL(origin).port),
    backendKey: firstKey,
    dataDir,
    startedAt,
    stop: () => server.stop(),
    kill: () => server.stop('SIGKILL'),
  };
};

/** On a new folder, which goes with it. */
export const startStandalone = async (options: Omit<StartOptions, 'dataDir'> = {}): Promise<StandaloneServer> => {
  const { dataDir, remove } = newDataFolder();
  const server = await startOn({ ...options, dataDir });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      remove();
    },
  };
};
