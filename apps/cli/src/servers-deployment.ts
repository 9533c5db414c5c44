import { connectNats, NatsRpcClient } from '@app/adapters/nats';
import { dropViews, MongoEventLog, type MongoLink, openMongo } from '@app/adapters/mongo';
import { verifyLog } from '@app/log';
import { readSettings, RpcClient, RpcDeadlines, type Variables } from '@app/platform';
import type { RegistryState } from '@app/domain';
import type { EventLog } from '@app/ports';
import type { LogFilesReport } from './check-log-files.js';
import type { Deployment } from './deployment.js';
import { whileFollowed } from './follow-log.js';
import type { Services } from './open-services.js';
import { readDatabaseSettings, readMessagingSettings } from './cli-settings.js';
import { Operator, OperatorMistake } from './operator.js';

/** The longest lease that a log can have: only the services know how long a command may take. */
const LONGEST_LEASE_MS = 60_000;
const DRAIN_MS = 1_000;

/** Works through the running services, as the NATS user `operator`. */
const openRemoteServices = async (env: Variables): Promise<Services> => {
  const { url, user, password } = readSettings(readMessagingSettings, env);
  let lastWords = 'no answer';
  const link = await connectNats({
    url,
    user,
    password,
    name: 'operator',
    signal: AbortSignal.timeout(10_000),
    onStatus: ({ text }) => void (lastWords = text),
  }).catch(() => {
    // Not the URL: it may have a password in it.
    throw new OperatorMistake(`The services cannot be reached over NATS: ${lastWords}`);
  });
  return {
    operator: new Operator(new RpcClient(new NatsRpcClient(link), new RpcDeadlines(LONGEST_LEASE_MS))),
    close: () => link.drain(DRAIN_MS),
  };
};

const openDatabase = (env: Variables): Promise<MongoLink> => {
  const { url, viewsDatabase } = readSettings(readDatabaseSettings, env);
  return openMongo({ url, appName: 'keyfence operator', ...(viewsDatabase === null ? {} : { viewsDatabase }) });
};

/** A log whose database is closed with it. */
const openLog = async (env: Variables): Promise<EventLog> => {
  const mongo = await openDatabase(env);
  const log = new MongoEventLog(mongo);
  const close = log.close.bind(log);
  return Object.assign(log, { close: async () => close().then(() => mongo.close()) });
};

const checkLog = async (env: Variables, onProgress: (pos: number) => void): Promise<LogFilesReport> => {
  const log = await openLog(env);
  try {
    const verdict = await verifyLog(log, onProgress);
    if (!verdict.ok) return { head: verdict.pos - 1, hash: null, problems: [{ position: verdict.pos, problem: verdict.problem }], notes: [] };
    return { head: verdict.head.pos, hash: verdict.head.hash, problems: [], notes: verdict.note === undefined ? [] : [verdict.note] };
  } finally {
    await log.close();
  }
};

const assertUnused = ({ nodes }: RegistryState): void => {
  const count = Object.keys(nodes).length;
  if (count === 0) return;
  throw new OperatorMistake(
    `${count} processes may still answer from memory. Stop gateway and validation, wait until keys has taken them out of its registry (twice the lease), then stop keys and directory.`,
  );
};

/** A running process would answer from dropped rows as if nothing existed. Without NATS no process can be asked: the operator must know. */
const assertStopped = async (env: Variables): Promise<void> => {
  if ((env['NATS_URL'] ?? '') === '') return;
  const services = await openRemoteServices(env);
  const isAnswered = (asked: Promise<unknown>): Promise<boolean> =>
    asked.then(
      () => true,
      () => false,
    );
  try {
    const answers = await Promise.all([
      isAnswered(services.operator.ask('directory.list-environments', {})),
      isAnswered(services.operator.ask('keys.list-backend-keys', {})),
    ]);
    if (answers.includes(true)) throw new OperatorMistake('keys or directory is running. Stop both first.');
  } finally {
    await services.close();
  }
};

/** Several services on MongoDB, NATS and Redis. */
export const serversDeployment = (env: Variables): Deployment => ({
  openServices: () => openRemoteServices(env),
  openLog: () => openLog(env),
  checkLog: (onProgress) => checkLog(env, onProgress),
  readLeaseMs: async () => whileFollowed(await openLog(env), (followed) => followed.readLeaseMs()),
  changeLease: async (leaseMs) => whileFollowed(await openLog(env), (followed) => followed.changeLease(leaseMs, assertUnused)),
  rebuild: async () => {
    await assertStopped(env);
    const mongo = await openDatabase(env);
    try {
      await dropViews(mongo);
      const head = (await new MongoEventLog(mongo).readHead())?.pos ?? 0;
      return { result: 'The read models are deleted. Start keys and directory: each rebuilds its own, and serves queries when it is done.', head };
    } finally {
      await mongo.close();
    }
  },
});
