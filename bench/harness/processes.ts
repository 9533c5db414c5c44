// Child processes of the benchmark, each on a core of its own where the machine has two and knows taskset. Ends only what it started.
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Null: wherever the machine likes, for benches in which several processes share the work. */
export type Core = number | null;
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;
export const ANY_CORE: Core = null;
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', process.execPath, '-e', '']).status === 0;

const LINE_DEADLINE_MS = 30_000;
const UNREAD_LINES = 1_000;
const STOP_DEADLINE_MS = 10_000;

/** The bundle of a program that scripts/bench.mjs puts beside this one. */
export const partFile = (name: string): string => join(import.meta.dirname, `${name}.mjs`);

export interface Stoppable {
  stop(): Promise<unknown>;
}

/** What a measurement needs to know of a process. */
export interface MeasuredProcess {
  readonly pid: number;
  /** How it ended; null while it runs. */
  readonly ending: string | null;
}

interface NodeOptions {
  /** For Node itself. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a process said and was not yet read. Reads on while nothing asks: a full pipe would stop the process. */
class LineQueue {
  readonly #unread: string[] = [];
  #isOver = false;
  #arrived: () => void = () => undefined;

  constructor(input: Readable) {
    createInterface({ input })
      .on('line', (line) => {
        this.#unread.push(line);
        if (this.#unread.length > UNREAD_LINES) this.#unread.shift();
        this.#arrived();
      })
      .on('close', () => {
        this.#isOver = true;
        this.#arrived();
      });
  }

  /** Null: there are no more. */
  async next(): Promise<string | null> {
    while (this.#unread.length === 0 && !this.#isOver)
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    return this.#unread.shift() ?? null;
  }
}

/** A Node process that is spoken to in lines of JSON and answers in lines. */
export class NodeProcess implements MeasuredProcess, Stoppable {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: LineQueue;

  constructor(core: Core, script: string, { args = [], env = {} }: NodeOptions = {}) {
    const command = [process.execPath, ...args, script];
    const [file = '', ...rest] = pinned && core !== ANY_CORE ? ['taskset', '-c', String(core), ...command] : command;
    this.child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    running.add(this);
    this.child.once('exit', () => running.delete(this));
    // A process that has ended is missed where its next line is waited for.
    this.child.stdin.on('error', () => undefined);
    this.#lines = new LineQueue(this.child.stdout);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get ending(): string | null {
    const { exitCode, signalCode } = this.child;
    return exitCode === null ? signalCode : `exit code ${String(exitCode)}`;
  }

  say(message: unknown): void {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  async nextLine(withinMs = LINE_DEADLINE_MS): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The process said nothing within ${String(withinMs)} ms.`)), withinMs);
    });
    const line = await Promise.race([this.#lines.next(), late]).finally(() => clearTimeout(timer));
    if (line === null) throw new Error('The process ended.');
    return line;
  }

  async ask<Answer>(question: unknown, withinMs?: number): Promise<Answer> {
    this.say(question);
    return JSON.parse(await this.nextLine(withinMs)) as Answer;
  }

  /** The first line from now on that matches. */
  async lineThatMatches(pattern: RegExp, withinMs: number): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(await this.nextLine(withinMs));
      if (found !== null) return found;
    }
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    return new Promise((resolve) => {
      if (this.ending !== null) return resolve();
      const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_DEADLINE_MS);
      this.child.once('exit', () => {
        clearTimeout(late);
        resolve();
      });
      this.child.kill(signal);
    });
  }
}

const running = new Set<NodeProcess>();
process.on('exit', () => {
  for (const { child } of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

export const startPart = (name: string, core: Core): NodeProcess => new NodeProcess(core, partFile(name), { args: ['--enable-source-maps'] });

export type Use = <One extends Stoppable>(one: One) => One;

/** Whatever `use` was given is stopped when `work` ends, however it ends; the last first. */
export const scoped = async <Result>(work: (use: Use) => Promise<Result>): Promise<Result> => {
  const used: Stoppable[] = [];
  try {
    return await work((one) => {
      used.push(one);
      return one;
    });
  } finally {
    for (const one of used.toReversed()) await one.stop();
    // What failed before it could be used: the next benchmark must not run beside it.
    await Promise.all([...running].map((one) => one.stop('SIGKILL')));
  }
};

/** Microseconds its main thread spent on a core so far, where Linux tells; steadier than throughput on a machine that others use too. */
export const cpuMicros = ({ pid }: MeasuredProcess): number => {
  try {
    return Number(readFileSync(`/proc/${String(pid)}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  } catch {
    return Number.NaN;
  }
};
