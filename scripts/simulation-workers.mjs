// The processes of a simulation: each runs schedules of its own seed, and the first failure ends the others.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const WORKER = join(import.meta.dirname, '../test/fence/simulation-worker.mjs');

const startWorker = (bundle, options, onProgress) => {
  const child = spawn(process.execPath, [WORKER, bundle, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = null;
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = JSON.parse(line);
    if (last.progress !== undefined) onProgress(last.progress);
  });
  const ended = new Promise((resolve, reject) => {
    child.once('close', (code) => (code === 0 && last?.totals !== undefined ? resolve(last) : reject(new Error(`A worker ended with ${code}.`))));
  });
  return { child, ended };
};

const sum = (all) => all.reduce((total, one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name, value + (total[name] ?? 0)])), {});

/** `wanted`: what each worker does, as the options of `runSchedules`. */
export const runWorkers = async (bundle, wanted, onProgress) => {
  const progress = wanted.map(() => ({}));
  const workers = wanted.map((options, index) => startWorker(bundle, options, (now) => onProgress(sum(Object.assign(progress, { [index]: now })))));
  let isStopped = false;
  const stopAll = () => {
    isStopped = true;
    for (const { child } of workers) child.kill('SIGKILL');
  };
  const results = await Promise.all(
    workers.map(async ({ ended }, index) => {
      const result = await ended.catch((error) => {
        if (isStopped) return { totals: progress[index], failure: null };
        stopAll();
        throw error;
      });
      if (result.failure !== null) stopAll();
      return result;
    }),
  );
  return { totals: sum(results.map(({ totals }) => totals)), failure: results.find(({ failure }) => failure !== null)?.failure ?? null };
};

/** Worker w takes seed + w, so that the same numbers give the same schedules. */
export const sharesOf = ({ schedules, seed, workers }) =>
  Array.from({ length: Math.min(workers, schedules) }, (_, index) => ({
    seed: seed + index,
    schedules: Math.floor((schedules + index) / Math.min(workers, schedules)),
  }));
