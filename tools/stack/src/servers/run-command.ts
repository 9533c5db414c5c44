import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CapturedOutput } from '../processes/captured-output.js';

export type Say = (text: string) => void;

export interface CommandPlan {
  /** `Building nats-server`. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs: number;
  /** Ends it when this folder has not grown for so long. */
  readonly stall?: { readonly folder: string; readonly limitMs: number };
}

export interface CommandEnd {
  readonly isDone: boolean;
  readonly stdout: string;
  /** The end of what it printed. */
  readonly lastWords: string;
}

const TICK_MS = 1_000;
const SIGN_OF_LIFE_MS = 10_000;
const SHOWN_CHARACTERS = 2_000;

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (bytes, entry) => bytes + (entry.isFile() ? (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0) : 0),
    0,
  );

/** Says when the folder has stopped growing. */
const stallWatch = ({ folder, limitMs }: NonNullable<CommandPlan['stall']>): (() => boolean) => {
  let bytes = 0;
  let grownAt = performance.now();
  return () => {
    const now = bytesIn(folder);
    if (now !== bytes) grownAt = performance.now();
    bytes = now;
    return performance.now() - grownAt > limitMs;
  };
};

/** Runs a command that may take long: gives signs of life, and says how long it took. Never rejects. */
export const runCommand = async (plan: CommandPlan, say: Say): Promise<CommandEnd> => {
  const startedAt = performance.now();
  const elapsedMs = (): number => performance.now() - startedAt;
  say(`${plan.what} …`);
  const child = spawn(plan.command, plan.args, { cwd: plan.cwd, env: { ...process.env, ...plan.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = [new CapturedOutput(child.stdout), new CapturedOutput(child.stderr)];
  const isStalled = plan.stall === undefined ? () => false : stallWatch(plan.stall);
  let saidAtMs = 0;
  const ticker = setInterval(() => {
    if (elapsedMs() > plan.limitMs || isStalled()) child.kill('SIGKILL');
    if (elapsedMs() - saidAtMs < SIGN_OF_LIFE_MS) return;
    saidAtMs = elapsedMs();
    say(`  still at it after ${(saidAtMs / 1_000).toFixed(0)} s`);
  }, TICK_MS);
  const isDone = await once(child, 'close').then(
    ([code]) => code === 0,
    () => false,
  );
  clearInterval(ticker);
  say(`  ${isDone ? 'done' : 'given up'} after ${(elapsedMs() / 1_000).toFixed(1)} s`);
  return { isDone, stdout: stdout.text, lastWords: (stdout.text + stderr.text).trim().slice(-SHOWN_CHARACTERS) };
};
