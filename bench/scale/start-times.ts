// How long from the start of the process to its first "valid", with read models that are there, and with none.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { distribution, repeat } from '../harness/numbers.js';
import type { Row } from '../harness/rounds.js';
import { type FilledFolder, startOnFilled, validateOnce } from './filled-server.js';

export interface StartTimes {
  readonly listeningMs: number;
  readonly validMs: number;
}

const removeReadModels = ({ dataDir }: FilledFolder): void => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `views.db${suffix}`), { force: true });
};

const startOnce = async (folder: FilledFolder, token: string): Promise<StartTimes> => {
  const server = await startOnFilled(folder);
  const listeningMs = performance.now() - server.startedAt;
  await validateOnce(server, token);
  const validMs = performance.now() - server.startedAt;
  // A kill, as in the worst case: nothing is tidied up for the next start.
  await server.kill();
  return { listeningMs, validMs };
};

export const startTimes = (folder: FilledFolder, token: string, times: number): Promise<readonly StartTimes[]> => repeat(times, () => startOnce(folder, token));

export const startTimesWithoutReadModels = (folder: FilledFolder, token: string, times: number): Promise<readonly StartTimes[]> =>
  repeat(times, () => {
    removeReadModels(folder);
    return startOnce(folder, token);
  });

export const startRow = (starts: readonly StartTimes[]): Row => ({
  starts: starts.length,
  'listening, ms': distribution(
    starts.map(({ listeningMs }) => listeningMs),
    0,
  ),
  'first "valid", ms': distribution(
    starts.map(({ validMs }) => validMs),
    0,
  ),
});
