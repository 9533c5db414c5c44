// Servers on folders that are filled beforehand, stopped and started again.
import { readFileSync } from 'node:fs';
import { type FilledLog, type FillOrder, runFillLog } from '../fill-log/fill-log-protocol.js';
import { type ApiAccess, post, VALIDATE_PATH } from '../harness/backend-api.js';
import { type MeasuredProcess, partFile } from '../harness/processes.js';
import { newDataFolder, type StandaloneServer, startOn } from '../harness/standalone.js';

const MEMORY = /^memory (.*)$/;
const MEMORY_DEADLINE_MS = 120_000;

export interface FilledFolder extends FilledLog {
  readonly dataDir: string;
  readonly backendKey: string;
}

export interface ProbedServer extends StandaloneServer {
  /** What memory holds after a collection. */
  heap(): Promise<NodeJS.MemoryUsage>;
}

/** Removed at the end of the run. */
export const filledFolder = async (order: Omit<FillOrder, 'dataDir'>): Promise<FilledFolder> => {
  const { dataDir } = newDataFolder();
  const first = await startOn({ dataDir });
  await first.stop();
  const startedAt = performance.now();
  const filled = await runFillLog(partFile('fill-log'), { ...order, dataDir });
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`A log of ${String(filled.head)} commits, ${String(filled.keys)} of them keys, made in ${seconds.toFixed(0)} s.`);
  return { dataDir, backendKey: first.backendKey, ...filled };
};

export const startOnFilled = async ({ dataDir, backendKey }: FilledFolder): Promise<ProbedServer> => {
  const server = await startOn({ dataDir, backendKey, preloads: ['heap-probe'] });
  return {
    ...server,
    heap: async () => {
      server.process.say({});
      const [, usage = ''] = await server.process.lineThatMatches(MEMORY, MEMORY_DEADLINE_MS);
      return JSON.parse(usage) as NodeJS.MemoryUsage;
    },
  };
};

/** One validation over a new connection, for what is not measured by many. */
export const validateOnce = async (api: ApiAccess, token: string): Promise<void> => {
  await post(api, VALIDATE_PATH, { api_key_token: token });
};

export interface ProcessMemory {
  readonly nowBytes: number;
  /** The most it ever had. */
  readonly peakBytes: number;
}

/** Not a number where the system is not Linux, which tells. */
export const memoryOf = ({ pid }: MeasuredProcess): ProcessMemory => {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const of = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1_024;
    return { nowBytes: of('VmRSS'), peakBytes: of('VmHWM') };
  } catch {
    return { nowBytes: Number.NaN, peakBytes: Number.NaN };
  }
};

export const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
