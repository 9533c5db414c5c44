// The least that the work of a bench needs, without Keyfence: a server, or one act that is done again and again. A process of its own,
// told in its first line of JSON what to be (`BaselineWish`). Its first line of answer is the port, 0 for what is not a server; each further
// line asks for a round of acts (`WorkRound`) and gets a `WorkResult`.
import { createInterface } from 'node:readline';
import type { BaselineWish, WorkRound } from './baseline-protocol.js';
import { hashing, signing } from './bare-crypto.js';
import { durableInserts, mongoInserts, tagLookUps } from './bare-stores.js';
import { roundTrips, validateOverNats } from './bare-nats.js';
import { validateServer } from './bare-validate.js';
import { verifyServer } from './bare-verify.js';
import { repeatAct, type Work } from './work.js';

type Started = { readonly port: number } | { readonly work: Work };

const start = async (wish: BaselineWish): Promise<Started> => {
  switch (wish.kind) {
    case 'validate':
      return { port: await validateServer(wish) };
    case 'validate-over-nats': {
      await validateOverNats(wish);
      return { port: 0 };
    }
    case 'verify':
      return { port: await verifyServer(wish) };
    case 'durable-inserts':
      return { work: durableInserts() };
    case 'mongo-inserts':
      return { work: await mongoInserts(wish) };
    case 'tag-look-ups':
      return { work: await tagLookUps(wish) };
    case 'round-trips':
      return { work: await roundTrips(wish) };
    case 'argon2':
      return { work: await hashing() };
    case 'rs256':
      return { work: signing() };
  }
};

const say = (answer: unknown): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);

// Ends by exit, so that what was made for this process alone is removed.
process.once('SIGTERM', () => process.exit(0));
let started: Started | null = null;
for await (const line of createInterface({ input: process.stdin })) {
  if (started === null) {
    started = await start(JSON.parse(line) as BaselineWish);
    say({ port: 'port' in started ? started.port : 0 });
  } else if ('work' in started) {
    say(await repeatAct(started.work, JSON.parse(line) as WorkRound));
  } else {
    throw new Error('A server is asked over its port.');
  }
}
