// Results as JSON: a bench that runs again takes the place of what it wrote before, and leaves the results of all others.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import type { Figures } from './figures.js';

export interface Measured {
  readonly cores: number;
  /** Null where it was not recorded; likewise below. */
  readonly processor: string | null;
  readonly node: string;
  readonly commit: string | null;
  readonly date: string | null;
}

export interface BenchResult {
  readonly measured: Measured;
  /** What served the four services as MongoDB. */
  readonly mongoServer?: string;
  /** Versions of their servers, by name. */
  readonly servers?: Readonly<Record<string, string>>;
  readonly figures: Figures;
}

export type Results = Readonly<Record<string, BenchResult>>;

const currentCommit = (cwd: string): string | null => {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], { cwd, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
};

/** This machine and this version, now. */
export const measuredHere = (projectDir: string): Measured => ({
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? null,
  node: process.versions.node,
  commit: currentCommit(projectDir),
  date: new Date().toISOString().slice(0, 10),
});

export const readResults = (file: string): Results => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {});

export const mergeResult = (file: string, bench: string, result: BenchResult): void =>
  writeFileSync(file, `${JSON.stringify({ ...readResults(file), [bench]: result }, null, 2)}\n`);
