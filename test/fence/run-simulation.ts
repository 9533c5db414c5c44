import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const SCRIPT = join(import.meta.dirname, '../../scripts/simulate.mjs');
const MUTANT_SCHEDULES = 5_000;

interface Failure {
  readonly seed: number;
  readonly path: string;
  readonly violations: readonly string[];
  readonly timeline: readonly string[];
}

export interface SimulationReport {
  readonly totals: Readonly<Record<'schedules' | 'answers' | 'hits' | 'commits' | 'acknowledged' | 'happened', number>>;
  readonly failure: Failure | null;
}

/** `error`: why the mutant could not be run. */
export interface Replay {
  readonly name: string;
  readonly failure: Failure | null;
  readonly error?: string;
}

const output = async (args: readonly string[]): Promise<string> => {
  const child = spawn(process.execPath, [SCRIPT, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const reap = (): void => void child.kill('SIGTERM');
  process.once('exit', reap);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await once(child, 'close');
  process.removeListener('exit', reap);
  if (stdout === '') throw new Error(`The simulation said nothing: ${stderr}`);
  return stdout;
};

/** What `npm run simulate` does, with its result for a program. */
export const runSimulation = async (args: readonly string[]): Promise<SimulationReport> => JSON.parse(await output(args)) as SimulationReport;

/** Each mutant in the schedule that is stored beside it. */
export const replayMutants = async (): Promise<ReadonlyMap<string, Replay>> => {
  const lines = (await output(['--replay-mutants'])).trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Replay).map((replay) => [replay.name, replay]));
};

/** One after the other from the same seed on, until one finds it. */
export const searchMutant = (name: string): Promise<SimulationReport> =>
  runSimulation(['--schedules', String(MUTANT_SCHEDULES), '--seed', '1', '--workers', '2', '--mutant', name, '--ignore', 'recovery']);

/** A protocol that cannot recover is wrong too, but a mutant must be caught answering wrongly. */
export const wrongAnswers = (failure: Failure | null): readonly string[] => failure?.violations.filter((violation) => /^I\d+: /.test(violation)) ?? [];

/** A failure as a person wants to read it. */
export const toldFailure = ({ failure }: SimulationReport): string =>
  failure === null
    ? ''
    : `${failure.timeline.join('\n')}\n\n${failure.violations.join('\n')}\n\nAgain: npm run simulate -- --seed ${failure.seed} --path ${failure.path}\n`;
