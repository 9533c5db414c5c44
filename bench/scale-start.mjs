// How long from the start of the process to its first "valid", with read models that are there, and with none.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { distribution } from './numbers.mjs';
import { startOn, validateOnce } from './scale-server.mjs';

const startOnce = async (folder, token, viewsAreGone) => {
  if (viewsAreGone) for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder.dataDir, `views.db${suffix}`), { force: true });
  const server = await startOn(folder);
  const listeningMs = performance.now() - server.startedAt;
  await validateOnce(server, token);
  const validMs = performance.now() - server.startedAt;
  // A kill, as in the worst case: nothing is tidied up for the next start.
  await server.kill();
  return { listeningMs, validMs };
};

export const startTimes = async (folder, token, times, viewsAreGone = false) => {
  const starts = [];
  for (let turn = 0; turn < times; turn += 1) starts.push(await startOnce(folder, token, viewsAreGone));
  return starts;
};

export const startRow = (starts) => ({
  starts: starts.length,
  'listening, ms': distribution(starts.map(({ listeningMs }) => listeningMs), 0),
  'first "valid", ms': distribution(starts.map(({ validMs }) => validMs), 0),
});
