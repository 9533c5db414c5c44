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
  type Core,
  FenceNodeWatch,
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
import { type DataFolder, openDataFolder } from './data-folder.js';
import { openDataStores } from './data-stores.js';
import { type FirstStart, firstStart } from './first-start.js';
import { createHttpAdapter } from './http-server.js';
import { StandaloneModule } from './standalone.module.js';
import type { StandaloneSettings } from './standalone-settings.js';

export interface StandaloneServer {
  readonly address: string;
  readonly first: FirstStart;
  readonly leaseMs: number;
  /** Null: switched off. */
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

/** Starts everything in the order in which it depends on each other. Throws with a sentence for the operator. */
export const startStandalone = async (settings: StandaloneSettings, { log, fatal, terminal }: Surroundings): Promise<StandaloneServer> => {
  const routes = new RawRoutes();
  // First: it refuses what is wrong with a setting before anything is made or opened.
  const adapter = createHttpAdapter(routes, settings.trustedProxies);
  const folder = openDataFolder(settings.dataDir);
  const admin = await openAdminSide(settings, terminal);
  const stores = openDataStores(settings.dataDir, { alone: true });
  const core = await openCore(stores, { fatal, store: (err) => log.warn({ context: 'store', err }, 'The store did not answer.') });
  observeLog(admin.metrics, admin.readiness, core);
  const leaseMs = await agreeOnLease(core, settings.leaseMs);
  const server = new InProcessServer();
  const module = StandaloneModule.with({ ...settings, ...admin, core, secrets: folder.secrets, leaseMs, server, routes, fatal });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: new NestPinoLogger(log), abortOnError: false });
  await configureGatewayHttp(app, admin.metrics);
  app.connectMicroservice({ strategy: server });
  await app.startAllMicroservices();
  const watch = new FenceNodeWatch(app.get(FenceNode), core.clock, log.child({ context: 'fence' }));
  const stop = stopper({ app, core, folder, admin, watch, graceMs: new RpcDeadlines(leaseMs).commandMs });
  try {
    await startFence(app);
    watch.start();
    await startFollowers(app);
    await app.init();
    // Fastify's own call: Nest's writes a second account of what goes wrong to the log.
    await app.getHttpAdapter().getInstance().listen({ port: settings.port, host: settings.host });
    const first = await firstStart(app.get(RpcClient), core.states);
    app.get(LoopbackEnvironment).environmentId = first.environmentId;
    // Last: whoever was told "ready" may send a signal in the next moment, and the caller sets its handlers in this one.
    admin.serving();
    return { address: addressOf(app.getHttpServer()), first, leaseMs, adminOrigin: admin.origin, stop };
  } catch (error) {
    await stop();
    throw listeningProblem(error, settings.host, settings.port, { host: 'HOST', port: 'PORT' });
  }
};

/** The lock proves that whoever ran before is dead: its nodes are written off before the new one may hold a lease. */
const startFence = async (app: NestFastifyApplication): Promise<void> => {
  const authority = app.get(FenceAuthority);
  await authority.start();
  await authority.decommissionEarlierNodes();
  app.get(InProcessFenceTransport).connect(authority);
  await app.get(FenceNode).start();
};

const startFollowers = async (app: NestFastifyApplication): Promise<void> => {
  await app.get(KeysProjection).start();
  await app.get(Cascade).start();
};

interface RunningParts {
  readonly app: NestFastifyApplication;
  readonly core: Core;
  readonly folder: DataFolder;
  readonly admin: AdminSide;
  readonly watch: FenceNodeWatch;
  readonly graceMs: number;
}

/**
 * Whoever sends requests is told first. Then the intake, the lease, what follows the log, the files: the reverse would drop answers
 * that were promised. The admin address answers until nothing is left to tell of; the lock goes last, because it says that all is over.
 */
const stopper =
  ({ app, core, folder, admin, watch, graceMs }: RunningParts) =>
  async (): Promise<void> => {
    admin.readiness.end();
    await closeIntake(app.getHttpServer(), graceMs, () => app.close());
    await watch.stop();
    await app.get(FenceNode).stop();
    await app.get(Cascade).stop();
    await app.get(KeysProjection).stop();
    await app.get(FenceAuthority).stop();
    await core.close();
    await admin.close();
    folder.lock.release();
  };
