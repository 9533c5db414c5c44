// Loaded into the server before it starts, by `--import`: says what memory holds after a collection, whenever a line comes in on stdin.
// The inspector's own collection, so that the server needs no flag and runs as it always does.
import { Session } from 'node:inspector';
import { createInterface } from 'node:readline';

const session = new Session();
session.connect();
const collect = (): Promise<void> =>
  new Promise((resolve, reject) => {
    session.post('HeapProfiler.collectGarbage', (error) => (error === null ? resolve() : reject(error)));
  });

const report = async (): Promise<void> => {
  await collect();
  await collect();
  process.stdout.write(`memory ${JSON.stringify(process.memoryUsage())}\n`);
};

createInterface({ input: process.stdin }).on('line', () => void report());
// A pipe keeps a process alive, and the server must be free to end; the socket of a pipe has `unref`, which the type does not know.
(process.stdin as typeof process.stdin & { unref?: () => void }).unref?.();
