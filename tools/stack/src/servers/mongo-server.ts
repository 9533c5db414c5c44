import { askOverTcp } from './ask-over-tcp.js';
import { neededServer } from './find-server.js';
import { LOOPBACK } from './free-port.js';
import { commandMessage, isWholeMessage, saysTrue } from './mongo-messages.js';
import { type ServerOptions, StackServer } from './stack-server.js';

export type MongoOptions = ServerOptions;

const REPLICA_SET = 'rs0';
const HELLO = commandMessage({ hello: 1, $db: 'admin' });

// Once a replica set exists, asking for it again is refused and changes nothing.
const initiate = (port: number): Buffer => commandMessage({
  replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host: `${LOOPBACK}:${String(port)}` }] }, $db: 'admin',
});

const isWritable = async (port: number): Promise<boolean> => {
  const answer = await askOverTcp(port, HELLO, isWholeMessage);
  return saysTrue(answer, 'isWritablePrimary') || saysTrue(answer, 'ismaster');
};

const ferretAnswers = async (port: number): Promise<void> => {
  if (!await isWritable(port)) throw new Error('not writable');
};

const mongodAnswers = async (port: number): Promise<void> => {
  if (await isWritable(port)) return;
  await askOverTcp(port, initiate(port), isWholeMessage);
  throw new Error('not writable yet');
};

/** Starts mongod as a replica set of one node, or FerretDB where there is no mongod, and resolves when it takes writes. `name` says which. */
export const startMongo = (options: MongoOptions = {}): Promise<StackServer> => {
  const program = neededServer('mongo');
  const isFerret = program.name === 'FerretDB';
  return StackServer.started({
    program,
    args: (port, dataDir) => isFerret
      ? ['--listen', `${LOOPBACK}:${String(port)}`, '--dir', dataDir]
      : ['--bind_ip', LOOPBACK, '--port', String(port), '--dbpath', dataDir, '--replSet', REPLICA_SET, '--nounixsocket', '--quiet'],
    env: {},
    // Straight to this address: a driver that learns the members of the set by itself would go around a proxy put between.
    urlOf: (port) => `mongodb://${LOOPBACK}:${String(port)}/?directConnection=true`,
    answers: isFerret ? ferretAnswers : mongodAnswers,
  }, options);
};

/** The server's URL with a database in it. */
export const mongoDatabaseUrl = (url: string, database: string): string => {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
};
