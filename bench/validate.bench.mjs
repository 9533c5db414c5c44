// How much of what this machine can do over HTTP is left to a validation that hits memory? One command, same machine, same run.
// BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_KEYS change its size; BENCH_NODE_ARGS (--cpu-prof) goes to the measured server.
import { setting } from './numbers.mjs';
import { scoped, startBaseline, startLoad } from './processes.mjs';
import { printResults, runRounds } from './rounds.mjs';
import { createKeys, requestText, startStandalone, VALIDATE_PATH } from './standalone.mjs';

const BASELINES = [['bare', 'bare node:http'], ['tuned', 'node:http, tuned like the route'], ['fastify', 'Fastify route']];

export const benchValidate = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 11);
    const size = { seconds: setting('BENCH_SECONDS', 1.5), connections: setting('BENCH_CONNECTIONS', 64), expectedStatus: 200 };
    const keyfence = use(await startStandalone(entry));
    const keys = await createKeys(keyfence, setting('BENCH_KEYS', 200));
    const contents = { backendKey: keyfence.backendKey, keys };
    const subjects = [];
    for (const [kind, name] of BASELINES) subjects.push({ name, ...use(await startBaseline(kind, VALIDATE_PATH, contents)) });
    subjects.splice(1, 0, { name: 'Keyfence', ...keyfence });
    const requests = keys.map(({ token }) => requestText(keyfence.backendKey, token));
    const results = await runRounds(use(startLoad()), subjects, { ...size, requests }, rounds);
    console.log('\nA validation from memory beside servers that do the least that the work needs. Expected of Keyfence: a ratio of 0.9 or more.');
    printResults(results, size, rounds);
  });
