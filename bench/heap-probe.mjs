// Loaded into the server before it starts, by `--import`: says what memory holds after a collection, whenever a line comes in on stdin.
// The inspector's own collection, so that the server needs no flag and runs as it always does.
import { Session } from 'node:inspector';
import { createInterface } from 'node:readline';

const session = new Session();
session.connect();
const collect = () => new Promise((resolve, reject) => session.post('HeapProfiler.collectGarbage', (error) => (error ? reject(error) : resolve())));

const report = async () => {
  await collect();
  await collect();
  process.stdout.write(`memory ${JSON.stringify(process.memoryUsage())}\n`);
};

createInterface({ input: process.stdin }).on('line', () => void report());
process.stdin.unref();
