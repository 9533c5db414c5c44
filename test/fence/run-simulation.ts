import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const SCRIPT = join(import.meta.dirname, '../../scripts/simulate.mjs');

export interface SimulationReport {
  readonly totals: Readonly<Record<'schedules' | 'answers' | 'hits' | 'commits' | 'acknowledged' | 'happened', number>>;
  readonly failure: { readonly seed: number; readonly path: string; readonly violations: readonly string[]; readonly timeline: readonly string[] } | null;
}

const output = async (args: readonly string[]): Promise<string> => {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
export const runSimulation = async (args: readonly string[]): Promise<SimulationReport> => JSON.parse(await output([...args, '--json'])) as SimulationReport;

/** A failure as a person wants to read it. */
export const toldFailure = ({ failure }: SimulationReport): string =>
  failure === null ? '' : `${failure.timeline.join('\n')}\n\n${failure.violations.join('\n')}\n\nAgain: npm run simulate -- --seed ${failure.seed} --path ${failure.path}\n`;
