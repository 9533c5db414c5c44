// Child processes of the benchmark, each on a core of its own where the machine has two and knows taskset. Ends only what it started.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const benchFolder = dirname(fileURLToPath(import.meta.url));
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;
/** Wherever the machine likes: for benches in which several processes share the work. */
export const ANY_CORE = null;
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', process.execPath, '-e', '']).status === 0;

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** A Node process on the given core, or on any; `lines` are what it says on stdout. */
export const startNode = (core, script, { args = [], env = {} } = {}) => {
  const command = [process.execPath, ...args, script];
  const [file, ...rest] = pinned && core !== ANY_CORE ? ['taskset', '-c', String(core), ...command] : command;
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.stdin.on('error', () => {});
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), say: (message) => child.stdin.write(`${JSON.stringify(message)}\n`) };
};

export const stopNode = ({ child }, signal = 'SIGTERM') =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.once('exit', () => {
      clearTimeout(late);
      resolve();
    });
    child.kill(signal);
  });

/** Whatever `use` was given is stopped when `work` ends, however it ends; the last first. */
export const scoped = async (work) => {
  const used = [];
  try {
    return await work((one) => {
      used.push(one);
      return one;
    });
  } finally {
    for (const one of used.toReversed()) await one.stop();
    // What failed before it could be used: the next benchmark must not run beside it.
    await Promise.all([...running].map((child) => stopNode({ child }, 'SIGKILL')));
  }
};

export const nextLine = async ({ lines }, withinMs = 30_000) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing was said within ${withinMs} ms.`)), withinMs);
  });
  const { value, done } = await Promise.race([lines.next(), late]).finally(() => clearTimeout(timer));
  if (done) throw new Error('The process ended.');
  return value;
};

/** Microseconds its main thread spent on a core so far, where Linux tells; steadier than throughput on a machine that others use too. */
export const cpuMicros = ({ child }) => {
  try {
    return Number(readFileSync(`/proc/${child.pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  } catch {
    return Number.NaN;
  }
};

export const startBaseline = async (kind, path, contents) => {
  const process = startNode(SERVER_CORE, join(benchFolder, 'baseline.mjs'));
  process.say({ kind, path, ...contents });
  return { process, port: Number(await nextLine(process)), stop: () => stopNode(process) };
};

/** `script`: of another kind of load, that is spoken to in the same way. */
export const startLoad = ({ core = LOAD_CORE, script = 'load.mjs' } = {}) => {
  const process = startNode(core, join(benchFolder, script));
  return {
    process,
    stop: () => stopNode(process),
    endRound: () => process.say({ stop: true }),
    run: async (round) => {
      process.say(round);
      return JSON.parse(await nextLine(process, (round.seconds ?? 60) * 1_000 + 30_000));
    },
  };
};
