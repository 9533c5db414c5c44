// How much of what this machine can do over HTTP is left to a validation that hits memory? One command, same machine, same run.
// BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_KEYS change its size; BENCH_NODE_ARGS (--cpu-prof) goes to the measured server.
// BENCH_BEFORE: the standalone/main.js of another build, of the commit before for example, which is measured in the same rounds.
import { startBareServer } from '../baselines/baseline-protocol.js';
import { createKeys, VALIDATE_PATH, validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { overRounds, ratios } from '../harness/figures.js';
import { ofOneKind, startLoad } from '../harness/load-protocol.js';
import { setting } from '../harness/numbers.js';
import { scoped, type Use } from '../harness/processes.js';
import { lanesOf, printResults, ratiosOf, resultsOf, runRounds } from '../harness/rounds.js';
import { startStandalone } from '../harness/standalone.js';

const BARE = 'bare node:http';
const KEYFENCE = 'Keyfence';
const TUNED = 'node:http, tuned like the route';
const FASTIFY = 'Fastify route';
const BEFORE = 'Keyfence, the other build';

/** The other build with keys of its own; none where BENCH_BEFORE names none. */
const startOtherBuild = async (use: Use, count: number) => {
  const entry = process.env['BENCH_BEFORE'] ?? '';
  if (entry === '') return [];
  const server = use(await startStandalone({ entry }));
  const keys = await createKeys(server, count);
  return [{ name: BEFORE, port: server.port, process: server.process, round: ofOneKind(keys.map(({ token }) => validateText(server.backendKey, token))) }];
};

export const benchValidate: RunBench = () =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 11);
    const [seconds, connections] = [setting('BENCH_SECONDS', 1.5), setting('BENCH_CONNECTIONS', 64)];
    const keyfence = use(await startStandalone());
    const keys = await createKeys(keyfence, setting('BENCH_KEYS', 200));
    const wish = { kind: 'validate', path: VALIDATE_PATH, backendKey: keyfence.backendKey, keys } as const;
    const subjects = [
      { name: BARE, ...use(await startBareServer({ ...wish, server: 'bare' })) },
      { name: KEYFENCE, port: keyfence.port, process: keyfence.process },
      ...(await startOtherBuild(use, setting('BENCH_KEYS', 200))),
      { name: TUNED, ...use(await startBareServer({ ...wish, server: 'tuned' })) },
      { name: FASTIFY, ...use(await startBareServer({ ...wish, server: 'fastify' })) },
    ];
    const requests = ofOneKind(keys.map(({ token }) => validateText(keyfence.backendKey, token)));
    const warmUp = { warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 12) };
    const results = await runRounds(use(startLoad()), subjects, { seconds, connections, ...requests }, { rounds, ...warmUp });
    console.log('\nA validation from memory beside servers that do the least that the work needs. Expected of Keyfence: a ratio of 0.9 or more.');
    printResults(results, { rounds, seconds, lanes: lanesOf(connections) });
    const toBare = (name: string) => ratios(ratiosOf(resultsOf(results, name), resultsOf(results, BARE)));
    const hasOther = subjects.some(({ name }) => name === BEFORE);
    const toBefore = hasOther ? { toBefore: ratios(ratiosOf(resultsOf(results, KEYFENCE), resultsOf(results, BEFORE))) } : {};
    return {
      figures: {
        ...toBefore,
        validations: overRounds(
          resultsOf(results, KEYFENCE).map(({ perSecond }) => perSecond),
          'a second',
        ),
        toBare: toBare(KEYFENCE),
        tunedToBare: toBare(TUNED),
        fastifyToBare: toBare(FASTIFY),
      },
    };
  });
