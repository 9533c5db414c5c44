// Rounds in turn over all subjects, forwards and backwards, so that whatever else the machine does, and any drift, hits all of them
// alike; ratios are taken within a turn, and what is printed of them are medians and quartiles.
import { availableParallelism, cpus } from 'node:os';
import { distribution, median, spread } from './numbers.mjs';
import { cpuMicros, pinned } from './processes.mjs';

const WARM_UP_SECONDS = 12;

const endOf = ({ process: { child } }) => (child.exitCode === null && child.signalCode === null ? '' : ` (it ended: ${child.exitCode ?? child.signalCode})`);

export const measure = async (load, subject, round) => {
  const cpuBefore = cpuMicros(subject.process);
  const result = await load.run({ ...round, ...subject.round, port: subject.port });
  const cpu = cpuMicros(subject.process) - cpuBefore;
  if (result.unexpected > 0) throw new Error(`${subject.name}: ${result.unexpected} unexpected answers, the last: ${result.lastUnexpected}${endOf(subject)}`);
  return { ...result, cpuPerAnswer: cpu / result.answers, busy: cpu / 1_000 / result.elapsedMs };
};

/** `subjects`: `{name, port, process, round?}`, where `round` is what its load has of its own; the first is what the others are compared with. */
export const runRounds = async (load, subjects, round, rounds, { warmUpSeconds = WARM_UP_SECONDS } = {}) => {
  const results = new Map(subjects.map((subject) => [subject.name, []]));
  // The larger a server, the longer until all of its hot path is compiled; on one busy core the compiler has to wait too.
  for (const subject of subjects) await measure(load, subject, { ...round, seconds: warmUpSeconds });
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const subject of turn % 2 === 0 ? subjects : subjects.toReversed()) results.get(subject.name).push(await measure(load, subject, round));
  }
  return results;
};

/** Of each turn, what this subject does as a share of what the reference did in the same turn. */
export const ratiosOf = (results, reference) => results.map(({ perSecond }, turn) => perSecond / reference[turn].perSecond);
/** The same by processor time per answer: steadier where others use the machine too, blind to time spent waiting. */
export const cpuRatiosOf = (results, reference) => results.map(({ cpuPerAnswer }, turn) => reference[turn].cpuPerAnswer / cpuPerAnswer);

const rowOf = (name, results, reference) => {
  const of = (field) => results.map((result) => result[field]);
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

export const printMachine = () => {
  const core = pinned ? 'server on one core, load on another' : 'not pinned to cores';
  console.log(`\nNode ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${core}`);
};

/** `columnsOf(results)`: columns of a benchmark's own; `lanes`: how the load came, where it was not HTTP. */
export const printResults = (results, { connections, seconds, lanes = `${connections} keep-alive connections without pipelining` }, rounds, columnsOf = () => ({})) => {
  const [reference] = results.values();
  printMachine();
  console.log(`${rounds} interleaved rounds of ${seconds} s, ${lanes}; median [middle half] (extremes)`);
  console.table([...results].map(([name, rows]) => ({ ...rowOf(name, rows, reference), ...columnsOf(rows) })));
};
