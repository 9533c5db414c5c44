// The process that does bare durable inserts (durable-inserts.mjs), for the benches that compare commands with it.
import { join } from 'node:path';
import { benchFolder, nextLine, SERVER_CORE, startNode, stopNode } from './processes.mjs';

/** `run({seconds | count, batch, bytes})` resolves to `{perSecond, latenciesMs}`. */
export const startInserts = () => {
  const process = startNode(SERVER_CORE, join(benchFolder, 'durable-inserts.mjs'));
  const run = async (round) => {
    process.say(round);
    return JSON.parse(await nextLine(process, 60_000));
  };
  return { run, stop: () => stopNode(process) };
};
