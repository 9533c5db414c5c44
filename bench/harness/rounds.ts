// Rounds in turn over all subjects, forwards and backwards, so that whatever else the machine does, and any drift, hits all of them
// alike; ratios are taken within a turn, and what is printed of them are medians and quartiles.
import { availableParallelism, cpus } from 'node:os';
import type { HttpResult, HttpRound, Load, LoadResult } from './load-protocol.js';
import { distribution, median, spread } from './numbers.js';
import { cpuMicros, type MeasuredProcess, pinned } from './processes.js';

const WARM_UP_SECONDS = 12;

export interface Target {
  readonly port: number;
  readonly process: MeasuredProcess;
}

/** `round`: what its load has of its own. */
export interface Subject<Round> extends Target {
  readonly name: string;
  readonly round?: Partial<Round>;
}

export interface Cost {
  /** Microseconds of its processor for each answer. */
  readonly cpuPerAnswer: number;
  readonly busy: number;
}

type Timed = Pick<HttpRound, 'port' | 'seconds'>;

/** The port is the subject's; what else is missing in `round` is in the subject's own. */
export const measure = async <Round extends Timed, Result extends LoadResult>(
  load: Load<Round, Result>,
  subject: Subject<Round>,
  round: Partial<Round>,
): Promise<Result & Cost> => {
  const cpuBefore = cpuMicros(subject.process);
  const result = await load.run({ ...round, ...subject.round, port: subject.port } as Round);
  const cpu = cpuMicros(subject.process) - cpuBefore;
  if (result.unexpected > 0) {
    const { ending } = subject.process;
    const ended = ending === null ? '' : ` (it ended: ${ending})`;
    throw new Error(`${subject.name}: ${String(result.unexpected)} unexpected answers, the last: ${String(result.lastUnexpected)}${ended}`);
  }
  return { ...result, cpuPerAnswer: cpu / result.answers, busy: cpu / 1_000 / result.elapsedMs };
};

export interface RoundsOptions {
  readonly rounds: number;
  readonly warmUpSeconds?: number;
}

/** Results by name of the subject. The first subject is what the others are compared with. */
export type RoundResults<Result> = ReadonlyMap<string, readonly (Result & Cost)[]>;

export const runRounds = async <Round extends Timed, Result extends LoadResult>(
  load: Load<Round, Result>,
  subjects: readonly Subject<Round>[],
  round: Partial<Round>,
  { rounds, warmUpSeconds = WARM_UP_SECONDS }: RoundsOptions,
): Promise<RoundResults<Result>> => {
  const results = new Map(subjects.map(({ name }): [string, (Result & Cost)[]] => [name, []]));
  // The larger a server, the longer until all of its hot path is compiled; on one busy core the compiler must wait too.
  for (const subject of subjects) await measure(load, subject, { ...round, seconds: warmUpSeconds });
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const subject of turn % 2 === 0 ? subjects : subjects.toReversed()) results.get(subject.name)?.push(await measure(load, subject, round));
  }
  return results;
};

export const resultsOf = <Result>(results: RoundResults<Result>, name: string): readonly (Result & Cost)[] => {
  const found = results.get(name);
  if (found === undefined) throw new Error(`There is no subject ${name}.`);
  return found;
};

type Rate = Pick<LoadResult, 'perSecond'>;

/** Of each turn, what this subject does as a share of what the reference did in the same turn. */
export const ratiosOf = (results: readonly Rate[], reference: readonly Rate[]): readonly number[] =>
  results.map(({ perSecond }, turn) => perSecond / (reference[turn]?.perSecond ?? Number.NaN));

/** The same by processor time per answer: steadier where others use the machine too, blind to time spent waiting. */
export const cpuRatiosOf = (results: readonly Cost[], reference: readonly Cost[]): readonly number[] =>
  results.map(({ cpuPerAnswer }, turn) => (reference[turn]?.cpuPerAnswer ?? Number.NaN) / cpuPerAnswer);

export type Row = Readonly<Record<string, string | number>>;

const rowOf = (name: string, results: readonly (LoadResult & Cost)[], reference: readonly (LoadResult & Cost)[]): Row => {
  const of = (field: 'perSecond' | 'p50Ms' | 'p99Ms' | 'cpuPerAnswer' | 'busy'): readonly number[] => results.map((result) => result[field] ?? Number.NaN);
  return {
    subject: name,
    'validations/s': spread(of('perSecond'), 0),
    'p50 ms': median(of('p50Ms')).toFixed(2),
    'p99 ms': median(of('p99Ms')).toFixed(2),
    'CPU µs each': median(of('cpuPerAnswer')).toFixed(1),
    'core busy': `${(100 * median(of('busy'))).toFixed(0)} %`,
    ratio: distribution(ratiosOf(results, reference), 2),
    'ratio by CPU': distribution(cpuRatiosOf(results, reference), 2),
  };
};

export const machineLine = (cores: string): string =>
  `Node ${process.version}, ${String(availableParallelism())} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${pinned ? cores : 'not pinned to cores'}`;

export const printMachine = (): void => console.log(`\n${machineLine('server on one core, load on another')}`);

export interface PrintOptions<Result> {
  readonly rounds: number;
  readonly seconds: number;
  /** How the load came. */
  readonly lanes: string;
  /** Columns of a benchmark's own. */
  readonly columnsOf?: (results: readonly (Result & Cost)[]) => Row;
}

export const lanesOf = (connections: number): string => `${String(connections)} keep-alive connections without pipelining`;

export const printResults = <Result extends LoadResult = HttpResult>(
  results: RoundResults<Result>,
  { rounds, seconds, lanes, columnsOf = () => ({}) }: PrintOptions<Result>,
): void => {
  const [reference = []] = results.values();
  printMachine();
  console.log(`${String(rounds)} interleaved rounds of ${String(seconds)} s, ${lanes}; median [middle half] (extremes)`);
  console.table([...results].map(([name, rows]) => ({ ...rowOf(name, rows, reference), ...columnsOf(rows) })));
};
