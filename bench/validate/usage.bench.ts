// What does counting usage cost a validation? The server has no switch for it, so a second one runs beside it in which the counter's
// `count` does nothing (server-without-usage.ts). Everything else of the two is the same.
import { createKeys, validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { ratios } from '../harness/figures.js';
import { ofOneKind, startLoad } from '../harness/load-protocol.js';
import { median, setting } from '../harness/numbers.js';
import { scoped } from '../harness/processes.js';
import { cpuRatiosOf, lanesOf, printResults, ratiosOf, resultsOf, runRounds } from '../harness/rounds.js';
import { type StandaloneServer, startStandalone } from '../harness/standalone.js';
import { buildWithoutUsage } from './server-without-usage.js';

const OFF = 'count() does nothing';
const ON = 'as shipped, counting';

const percent = (shares: readonly number[]): string => `${(100 * (1 - median(shares))).toFixed(1)} %`;

const subjectOf = async (name: string, server: StandaloneServer, count: number) => {
  const requests = (await createKeys(server, count)).map(({ token }) => validateText(server.backendKey, token));
  return { name, port: server.port, process: server.process, round: ofOneKind(requests) };
};

export const benchUsage: RunBench = () =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 21);
    const [seconds, connections, count] = [setting('BENCH_SECONDS', 1), setting('BENCH_CONNECTIONS', 64), setting('BENCH_KEYS', 200)];
    const { entry } = use(await buildWithoutUsage());
    const subjects = [await subjectOf(OFF, use(await startStandalone({ entry })), count), await subjectOf(ON, use(await startStandalone()), count)];
    const results = await runRounds(use(startLoad()), subjects, { seconds, connections }, { rounds, warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 8) });
    const [off, on] = [resultsOf(results, OFF), resultsOf(results, ON)];
    console.log('\nCounting usage, on against off; off is a second server in which the counter does nothing. Expected cost: 3 % or less.');
    printResults(results, { rounds, seconds, lanes: lanesOf(connections) });
    console.log(`Cost: ${percent(ratiosOf(on, off))} of the rate, ${percent(cpuRatiosOf(on, off))} of the processor time.`);
    return { figures: { onToOff: ratios(ratiosOf(on, off)), onToOffByProcessor: ratios(cpuRatiosOf(on, off)) } };
  });
