import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InProcessServer } from '@app/adapters/in-process';
import { FenceAuthority, FenceNode, InProcessFenceTransport } from '@app/fence';
import { configureGatewayHttp, LoopbackEnvironment } from '@app/gateway';
import { Cascade, KeysProjection } from '@app/keys';
import {
  addressOf,
  type AdminSide,
  agreeOnLease,
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
  /** Finishes what is in flight; afterwards nothing of the process is left open. */
  readonly stop: () => Promise<void>;
}

/** What the process gives to the server that runs in it. */
export interface Surroundings {
  readonly log: PinoLogger;
  /** Memory no longer agrees with the log: the process must exit. */
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
  // First: it refuses what is wrong with a setting before anything is made or opened.
  const adapter = createHttpAdapter(routes, settings.trustedProxies);
  // The lock goes last, because it says that all is over.
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
  const core = await lifecycle.start(
    'log',
    () =>
      openCore(openDataStores(settings.dataDir, { alone: true }), { fatal, store: (err) => log.warn({ context: 'store', err }, 'The store did not answer.') }),
    (opened) => opened.close(),
  );
  observeLog(admin.metrics, admin.readiness, core);
  const leaseMs = await agreeOnLease(core, settings.leaseMs);
  const server = new InProcessServer();
  const module = StandaloneModule.with({ ...settings, ...admin, core, secrets: folder.secrets, leaseMs, server, routes, fatal });
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
      // The lock proves that the process before is dead: its nodes are written off before the new one may hold a lease.
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
  // Fastify's own call: Nest's writes a second account of what goes wrong to the log.
  await app
    .getHttpAdapter()
    .getInstance()
    .listen({ port, host })
    .catch((error: unknown) => {
      throw listeningProblem(error, host, port, { host: 'HOST', port: 'PORT' });
    });
};
