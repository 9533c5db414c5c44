// Rounds in turn over all servers, so that whatever else the machine does hits all of them alike; ratios are taken within a round.
import { availableParallelism, cpus } from 'node:os';
import { cpuMicros, pinned } from './processes.mjs';

const WARM_UP_SECONDS = 12;

const median = (values) => values.toSorted((left, right) => left - right)[values.length >> 1];
const spread = (values, digits) => `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;

const endOf = ({ process: { child } }) => (child.exitCode === null && child.signalCode === null ? '' : ` (it ended: ${child.exitCode ?? child.signalCode})`);

const measure = async (load, server, round) => {
  const cpuBefore = cpuMicros(server.process);
  const result = await load.run({ ...round, port: server.port });
  const cpu = cpuMicros(server.process) - cpuBefore;
  if (result.unexpected > 0) throw new Error(`${server.name}: ${result.unexpected} unexpected answers, the last: ${result.lastUnexpected}${endOf(server)}`);
  return { ...result, cpuPerAnswer: cpu / result.answers, busy: cpu / 1_000 / result.elapsedMs };
};

/** `servers`: `{name, port, process}`; the first is what the others are compared with. */
export const runRounds = async (load, servers, round, rounds) => {
  const results = new Map(servers.map((server) => [server.name, []]));
  // The larger a server, the longer until all of its hot path is compiled; on one busy core the compiler has to wait too.
  for (const server of servers) await measure(load, server, { ...round, seconds: WARM_UP_SECONDS });
  for (let turn = 0; turn < rounds; turn += 1) {
    for (let index = 0; index < servers.length; index += 1) {
      const server = servers[(turn + index) % servers.length];
      results.get(server.name).push(await measure(load, server, round));
    }
  }
  return results;
};

const rowOf = (name, results, reference) => {
  const ratios = results.map(({ perSecond }, turn) => perSecond / reference[turn].perSecond);
  const cpuRatios = results.map(({ cpuPerAnswer }, turn) => reference[turn].cpuPerAnswer / cpuPerAnswer);
  const of = (field) => results.map((result) => result[field]);
  return {
    server: name,
    'validations/s': `${median(of('perSecond')).toFixed(0)} (${spread(of('perSecond'), 0)})`,
    'p50 ms': median(of('p50Ms')).toFixed(2),
    'p99 ms': median(of('p99Ms')).toFixed(2),
    'CPU µs each': median(of('cpuPerAnswer')).toFixed(1),
    'core busy': `${(100 * median(of('busy'))).toFixed(0)} %`,
    ratio: `${median(ratios).toFixed(2)} (${spread(ratios, 2)})`,
    'ratio by CPU': `${median(cpuRatios).toFixed(2)} (${spread(cpuRatios, 2)})`,
  };
};

export const printResults = (results, { connections, seconds }, rounds) => {
  const [reference] = results.values();
  const core = pinned ? 'server on one core, load on another' : 'not pinned to cores';
  console.log(`\nNode ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${core}`);
  console.log(`${rounds} interleaved rounds of ${seconds} s, ${connections} keep-alive connections without pipelining; medians, spread in brackets`);
  console.table([...results].map(([name, rows]) => rowOf(name, rows, reference)));
};
