import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reapWithParent } from '@tools/stack/src/processes/child-reaper.js';
import { CapturedOutput } from '@tools/stack';
import type { Finished } from './tested-server.js';

type Variables = Readonly<Record<string, string | undefined>>;

const ROOT = join(import.meta.dirname, '../../..');
const DIST = join(ROOT, 'dist');

// Whatever the person at the terminal has in the environment must not change what a suite sees.
const cleanEnvironment = (overrides: Variables): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  TMPDIR: process.env['TMPDIR'],
  // Which servers of this machine the stack starts.
  STACK_MONGO: process.env['STACK_MONGO'],
  KEYFENCE_SERVERS: process.env['KEYFENCE_SERVERS'],
  XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
  ...overrides,
});

/** Starts what was built of an app; both streams are to be read. `distDir`: of another build than the one of these sources. */
export const launchBuilt = (app: string, args: readonly string[], env: Variables, distDir = DIST): ChildProcess => {
  const entry = join(distDir, app, 'main.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run "npm run build" first.`);
  const child = spawn(process.execPath, ['--enable-source-maps', entry, ...args], { cwd: ROOT, env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  // A worker that ends in the middle of a test, or is dropped by the runner, must not leave a server behind.
  reapWithParent(child);
  return child;
};

/** Runs an app that is expected to end by itself and waits for its end. */
export const runBuilt = async (app: string, args: readonly string[], env: Variables): Promise<Finished> => {
  const child = launchBuilt(app, args, env);
  const stdout = new CapturedOutput(child.stdout);
  const stderr = new CapturedOutput(child.stderr);
  await once(child, 'close');
  return { code: child.exitCode, stdout: stdout.text, stderr: stderr.text };
};
