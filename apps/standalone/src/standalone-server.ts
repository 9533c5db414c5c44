import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InProcessServer } from '@app/adapters/in-process';
import { FenceAuthority, FenceNode, InProcessFenceTransport } from '@app/fence';
import { configureGatewayHttp, LoopbackEnvironment } from '@app/gateway';
import { HASH_THREAD, PasswordHasher } from '@app/directory';
import { Cascade, KeysProjection } from '@app/keys';
import {
  addressOf,
  type AdminSide,
  agreeOnLease,
  BurstLog,
  closeIntake,
  closingOnce,
  FenceNodeWatch,
  Lifecycle,
  listeningProblem,
  NestPinoLogger,
  observeLog,
  openAdminSide,
  openCore,
  type PinoLogger,
  RawRoutes,
  RpcClient,
  RpcDeadlines,
  type Terminal,
  threadFile,
} from '@app/platform';
import { openDataFolder } from './data-folder.js';
import { openDataStores } from './data-stores.js';
import { type FirstStart, firstStart } from './first-start.js';
import { createHttpAdapter } from './http-server.js';
import { StandaloneModule } from './standalone.module.js';
import type { StandaloneSettings } from './standalone-settings.js';

export interface StandaloneServer {
  readonly address: string;
  readonly first: FirstStart;
  readonly leaseMs: number;
  /** Null if it is disabled. */
  readonly adminOrigin: string | null;
  /** Finishes what is in flight; afterwards the process holds nothing open. */
  readonly stop: () => Promise<void>;
}

/** What the process gives to the server that runs in it. */
export interface Surroundings {
  readonly log: PinoLogger;
  /** Memory contradicts the log: the process must exit. */
  readonly fatal: (error: Error) => void;
  readonly terminal: Terminal;
}

/** Starts everything in the order in which it depends on each other. Throws with a sentence for the operator, after stopping what had started. */
export const startStandalone = async (settings: StandaloneSettings, surroundings: Surroundings): Promise<StandaloneServer> => {
  const lifecycle = new Lifecycle(surroundings.log);
  const started = await lifecycle.orStop(() => startParts(settings, surroundings, lifecycle));
  return { ...started, stop: () => lifecycle.stop() };
};

type StartedServer = Omit<StandaloneServer, 'stop'>;

const startParts = async (settings: StandaloneSettings, { log, fatal, terminal }: Surroundings, lifecycle: Lifecycle): Promise<StartedServer> => {
  const routes = new RawRoutes();
  // First: it refuses an invalid setting before anything is created or opened.
  const adapter = createHttpAdapter(routes, settings.trustedProxies);
  // The lock is released last, because its release means that the process has ended.
  const folder = await lifecycle.start(
    'data folder',
    () => openDataFolder(settings.dataDir),
    ({ lock }) => lock.release(),
  );
  // Answers until nothing is left to report.
  const admin = await lifecycle.start(
    'admin address',
    () => openAdminSide(settings, terminal),
    (side) => side.close(),
  );
  // Retried many times a second while another program holds a lock: that is one line of the log, not a flood.
  const outage = new BurstLog(({ text }) => log.warn({ context: 'store' }, text));
  const store = (error: unknown): void =>
    outage.say({ requestId: '-', text: `The store did not answer: ${error instanceof Error ? error.message : 'failed'}` });
  const core = await lifecycle.start(
    'log',
    () => openCore(openDataStores(settings.dataDir, { alone: true }), { fatal, store }),
    (opened) => opened.close(),
  );
  observeLog(admin.metrics, admin.readiness, core);
  const leaseMs = await agreeOnLease(core, settings.leaseMs);
  const hasher = await lifecycle.start(
    'password hashing',
    () => new PasswordHasher(threadFile(HASH_THREAD), settings.hashesAtOnce),
    (threads) => threads.close(),
  );
  const server = new InProcessServer();
  const module = StandaloneModule.with({ ...settings, ...admin, core, secrets: folder.secrets, leaseMs, server, routes, hasher, fatal });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: new NestPinoLogger(log), abortOnError: false });
  const close = closingOnce(app);
  await lifecycle.start('application', () => connect(app, server, admin), close);
  await startFollowers(app, lifecycle);
  await startFenceNode(app, new FenceNodeWatch(app.get(FenceNode), core.clock, log.child({ context: 'fence' })), lifecycle);
  await lifecycle.start(
    'intake',
    () => listen(app, settings),
    () => closeIntake(app.getHttpServer(), new RpcDeadlines(leaseMs).commandMs, close),
  );
  const first = await firstStart(app.get(RpcClient), core.states);
  app.get(LoopbackEnvironment).environmentId = first.environmentId;
  // Last, so that callers learn first that this process ends; a time to drain belongs right before it. A caller that reads "ready" may send a
  // signal in the next moment, and the caller of this function sets its handlers in this one.
  await lifecycle.start(
    'readiness',
    () => admin.serving(),
    () => admin.readiness.end(),
  );
  return { address: addressOf(app.getHttpServer()), first, leaseMs, adminOrigin: admin.origin };
};

const connect = async (app: NestFastifyApplication, strategy: InProcessServer, { metrics }: AdminSide): Promise<void> => {
  await configureGatewayHttp(app, metrics);
  app.connectMicroservice({ strategy });
  await app.startAllMicroservices();
};

/** The fence's authority first: its barriers run until nothing that follows the log can start another. */
const startFollowers = async (app: NestFastifyApplication, lifecycle: Lifecycle): Promise<void> => {
  const authority = app.get(FenceAuthority);
  await lifecycle.start(
    'fence authority',
    async () => {
      await authority.start();
      // The lock proves that the previous process has ended: its nodes are removed before the new one may hold a lease.
      await authority.decommissionEarlierNodes();
      app.get(InProcessFenceTransport).connect(authority);
    },
    () => authority.stop(),
  );
  for (const [name, follower] of Object.entries({ 'keys projection': app.get(KeysProjection), cascade: app.get(Cascade) }))
    await lifecycle.start(
      name,
      async () => follower.start(),
      () => follower.stop(),
    );
};

const startFenceNode = async (app: NestFastifyApplication, watch: FenceNodeWatch, lifecycle: Lifecycle): Promise<void> => {
  const node = app.get(FenceNode);
  await lifecycle.start(
    'fence node',
    () => node.start(),
    () => node.stop(),
  );
  await lifecycle.start(
    'watch of the fence',
    () => watch.start(),
    () => watch.stop(),
  );
};

const listen = async (app: NestFastifyApplication, { host, port }: StandaloneSettings): Promise<void> => {
  await app.init();
  // Fastify's own call: Nest's writes a second report of each failure to the log.
  await app
    .getHttpAdapter()
    .getInstance()
    .listen({ port, host })
    .catch((error: unknown) => {
      throw listeningProblem(error, host, port, { host: 'HOST', port: 'PORT' });
    });
};
