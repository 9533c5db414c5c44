import { askOverTcp } from './ask-over-tcp.js';
import { neededServer } from './find-server.js';
import { LOOPBACK } from './free-port.js';
import { type MongoChoice, mongoChoiceOf } from './mongo-choice.js';
import { commandMessage, isWholeMessage, saysTrue } from './mongo-messages.js';
import { SECANTUSDB_CONFIG } from './pinned-servers.js';
import { type ServerKind, type ServerOptions, StackServer } from './stack-server.js';

export type MongoOptions = ServerOptions;

const REPLICA_SET = 'rs0';
const HELLO = commandMessage({ hello: 1, $db: 'admin' });

// Once a replica set exists, asking for it again is refused and changes nothing.
const initiate = (port: number): Buffer =>
  commandMessage({
    replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host: `${LOOPBACK}:${String(port)}` }] },
    $db: 'admin',
  });

const isWritable = async (port: number): Promise<boolean> => {
  const answer = await askOverTcp(port, HELLO, isWholeMessage);
  return saysTrue(answer, 'isWritablePrimary') || saysTrue(answer, 'ismaster');
};

const takesWrites = async (port: number): Promise<void> => {
  if (!(await isWritable(port))) throw new Error('not writable');
};

const mongodAnswers = async (port: number): Promise<void> => {
  if (await isWritable(port)) return;
  await askOverTcp(port, initiate(port), isWholeMessage);
  throw new Error('not writable yet');
};

type Start = Pick<ServerKind, 'args' | 'answers'>;

const STARTS: Readonly<Record<MongoChoice, Start>> = {
  mongod: {
    args: (port, dataDir) => ['--bind_ip', LOOPBACK, '--port', String(port), '--dbpath', dataDir, '--replSet', REPLICA_SET, '--nounixsocket', '--quiet'],
    answers: mongodAnswers,
  },
  secantusdb: {
    args: (port, dataDir) => [
      '--config',
      SECANTUSDB_CONFIG,
      '--host',
      LOOPBACK,
      '--port',
      String(port),
      '--storage-path',
      dataDir,
      // A commit must be on the disk before it is answered.
      '--sync-on-commit',
      // Warnings only, and a cache that leaves room for the many stacks of the suites.
      '--log-level',
      'WARNING',
      '--cache-size',
      '256M',
    ],
    answers: takesWrites,
  },
  ferretdb: {
    args: (port, dataDir) => ['--listen', `${LOOPBACK}:${String(port)}`, '--dir', dataDir],
    answers: takesWrites,
  },
};

/** Starts what serves for MongoDB on this machine, and resolves when it takes writes. `name` says which; mongod starts as a replica set of one node. */
export const startMongo = (options: MongoOptions = {}): Promise<StackServer> => {
  const program = neededServer('mongo');
  return StackServer.started(
    {
      program,
      ...STARTS[mongoChoiceOf(program)],
      env: {},
      // Straight to this address: a driver that learns the members of the set by itself would go around a proxy put between.
      urlOf: (port) => `mongodb://${LOOPBACK}:${String(port)}/?directConnection=true`,
    },
    options,
  );
};

/** The server's URL with a database in it. */
export const mongoDatabaseUrl = (url: string, database: string): string => {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
};
