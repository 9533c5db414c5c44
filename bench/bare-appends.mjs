// The processes that do the least that a command in the distributed mode needs: an append to the same store (mongo-appends.mjs), and a
// round trip over the same NATS.
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { ANY_CORE, benchFolder, nextLine, startNode, stopNode } from './processes.mjs';

/** Of the services: a user who may answer it, one who may ask it. No service listens there. */
const SUBJECT = 'directory.bench';
const BYTES = 300;

/** About what the log stores of one command. */
export const COMMIT_BYTES = 900;

export const startAppends = ({ stack }) => {
  const process = startNode(ANY_CORE, join(benchFolder, 'mongo-appends.mjs'));
  const ask = async (question) => {
    process.say({ url: stack.servers.mongo.url, ...question });
    return JSON.parse(await nextLine(process, 60_000));
  };
  return {
    /** `{seconds | count, batch}` → `{perSecond, latenciesMs}`. */
    insert: (round) => ask({ bytes: COMMIT_BYTES, ...round }),
    /** → `{latenciesMs, documents}`: a look-up by a tag that the log does not have. */
    look: (times) => ask({ look: { database: 'keyfence', times } }),
    stop: () => stopNode(process),
  };
};

/** `run(count)` → milliseconds of each question and answer. In this process: nothing else happens in it meanwhile. */
export const startRoundTrips = async ({ stack: { files, servers } }) => {
  const as = (user) => connect({ servers: servers.nats.url, user, pass: files.natsPassword(user), inboxPrefix: `_INBOX_${user}` });
  const [answering, asking] = await Promise.all([as('directory'), as('operator')]);
  const body = 'x'.repeat(BYTES);
  answering.subscribe(SUBJECT, { queue: 'directory', callback: (_, message) => void message?.respond(body) });
  await answering.flush();
  return {
    run: async (count) => {
      const latenciesMs = [];
      for (let index = 0; index < count; index += 1) {
        const before = performance.now();
        await asking.request(SUBJECT, body, { timeout: 5_000 });
        latenciesMs.push(performance.now() - before);
      }
      return latenciesMs;
    },
    stop: () => Promise.all([asking.close(), answering.close()]),
  };
};
