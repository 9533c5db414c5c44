// What the store itself needs, through the same driver and under the same guarantees as the log, beside commands, which do the same and
// more: inserts of one document or of several in order, and a look-up by tag in the log that is there. Spoken to in JSON lines:
//   {url, look: {database, times}} or {url, seconds | count, batch, bytes}; one result line each.
import { createInterface } from 'node:readline';
import { mongo } from 'mongoose';

const DATABASE = 'bench';
const WRITE = { ordered: true, writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 } };

let client = null;
let next = 0;

const connected = async (url) => {
  client ??= await mongo.MongoClient.connect(url, { retryWrites: false, retryReads: false });
  return client;
};

/** As large as a commit and with as many fields, so that the store has the same to write. */
const rowOf = (body) => {
  next += 1;
  return { _id: String(next).padStart(16, '0'), prev: '0'.repeat(64), tags: [`command-${next}`, `key-${next}`], body, hash: null };
};

const timed = async (act, { seconds = Infinity, count = Infinity }) => {
  const latenciesMs = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < seconds * 1_000 && latenciesMs.length < count) {
    const before = performance.now();
    await act();
    latenciesMs.push(performance.now() - before);
  }
  return { latenciesMs, elapsedMs: performance.now() - startedAt };
};

const look = async ({ database, times }) => {
  const log = client.db(database).collection('log');
  const read = () => log.find({ tags: 'command-nobody' }, { readConcern: { level: 'majority' } }).toArray();
  const { latenciesMs } = await timed(read, { count: times });
  return { latenciesMs, documents: await log.estimatedDocumentCount() };
};

const insert = async ({ batch, bytes, ...until }) => {
  const rows = client.db(DATABASE).collection('log');
  const body = 'x'.repeat(bytes);
  const { latenciesMs, elapsedMs } = await timed(() => rows.insertMany(Array.from({ length: batch }, () => rowOf(body)), WRITE), until);
  return { latenciesMs, perSecond: (latenciesMs.length * batch * 1_000) / elapsedMs };
};

const answer = async ({ url, look: looked, ...inserts }) => {
  await connected(url);
  return looked === undefined ? insert(inserts) : look(looked);
};

createInterface({ input: process.stdin }).on('line', (line) => {
  void answer(JSON.parse(line)).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
});
