// What does counting usage cost a validation? The server has no switch for it, so a second one runs beside it in which the counter's
// `count` was replaced by nothing (without-usage.mjs, loaded before the server). Everything else of the two is the same file.
import { dirname, join } from 'node:path';
import { median, setting } from './numbers.mjs';
import { benchFolder, scoped, startLoad } from './processes.mjs';
import { cpuRatiosOf, printResults, ratiosOf, runRounds } from './rounds.mjs';
import { createKeys, requestText, startStandalone } from './standalone.mjs';

const percent = (ratios) => `${(100 * (1 - median(ratios))).toFixed(1)} %`;

const withKeys = async (server, count) => {
  const requests = (await createKeys(server, count)).map(({ token }) => requestText(server.backendKey, token));
  return { ...server, round: { requests } };
};

export const benchUsage = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 21);
    const size = { seconds: setting('BENCH_SECONDS', 1), connections: setting('BENCH_CONNECTIONS', 64), expectedStatus: 200 };
    const count = setting('BENCH_KEYS', 200);
    // Told to the module that is loaded into the server.
    process.env.BENCH_USAGE_COUNTER = join(dirname(entry), '../../validation/src/usage-counter.js');
    const without = await withKeys(use(await startStandalone(entry, { imports: [join(benchFolder, 'without-usage.mjs')] })), count);
    const counting = await withKeys(use(await startStandalone(entry)), count);
    const subjects = [{ name: 'count() replaced by nothing', ...without }, { name: 'as shipped, counting', ...counting }];
    const results = await runRounds(use(startLoad()), subjects, size, rounds, { warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 8) });
    const [off, on] = [...results.values()];
    console.log('\nCounting usage, on against off; off is a second server whose counter was replaced while loading. Expected cost: 3 % or less.');
    printResults(results, size, rounds);
    console.log(`Cost: ${percent(ratiosOf(on, off))} of the rate, ${percent(cpuRatiosOf(on, off))} of the processor time.`);
  });
