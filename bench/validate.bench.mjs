// How much of what this machine can do over HTTP is left to a validation that hits memory? One command, same machine, same run.
// BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_KEYS change its size; BENCH_NODE_ARGS (--cpu-prof) goes to the measured server.
import { startBaseline, startLoad, stopNode } from './processes.mjs';
import { printResults, runRounds } from './rounds.mjs';
import { createKeys, requestText, startStandalone, VALIDATE_PATH } from './standalone.mjs';

const setting = (name, fallback) => Number(process.env[name] ?? fallback);

export const benchValidate = async (entry) => {
  const rounds = setting('BENCH_ROUNDS', 7);
  const size = { seconds: setting('BENCH_SECONDS', 2), connections: setting('BENCH_CONNECTIONS', 64), expectedStatus: 200 };
  const keyfence = await startStandalone(entry);
  const keys = await createKeys(keyfence, setting('BENCH_KEYS', 200));
  const contents = { backendKey: keyfence.backendKey, keys };
  const servers = [];
  for (const [kind, name] of [['bare', 'bare node:http'], ['tuned', 'node:http, tuned like the route'], ['fastify', 'Fastify route']]) {
    servers.push({ name, ...(await startBaseline(kind, VALIDATE_PATH, contents)) });
  }
  servers.splice(1, 0, { name: 'Keyfence', port: keyfence.port, process: keyfence.process });
  const load = startLoad();
  const requests = keys.map(({ token }) => requestText(keyfence.backendKey, token));
  try {
    printResults(await runRounds(load, servers, { ...size, requests }, rounds), size, rounds);
  } finally {
    await Promise.all([load, ...servers].filter((one) => one.process !== keyfence.process).map(({ process }) => stopNode(process)));
    await keyfence.stop();
  }
};
