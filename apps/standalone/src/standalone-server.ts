import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InProcessServer } from '@app/adapters/in-process';
import { FenceAuthority, FenceNode, InProcessFenceTransport } from '@app/fence';
import { configureGatewayHttp } from '@app/gateway';
import { Cascade, KeysProjection } from '@app/keys';
import { createPino, NestPinoLogger, RawRoutes, RpcClient, RpcDeadlines } from '@app/platform';
import { openCore } from './core.js';
import { openDataFolder } from './data-folder.js';
import { agreeOnLease } from './fence-lease.js';
import { type FirstStart, firstStart } from './first-start.js';
import { addressOf, createHttpAdapter, listeningProblem } from './http-server.js';
import { StandaloneModule } from './standalone.module.js';
import type { StandaloneSettings } from './standalone-settings.js';

export interface StandaloneServer {
  readonly address: string;
  readonly first: FirstStart;
  /** Finishes what is in flight; afterwards nothing of the process is left open. */
  stop(): Promise<void>;
}

/** Starts everything in the order in which it depends on each other. Throws with a sentence for the operator. */
export const startStandalone = async (settings: StandaloneSettings, fatal: (error: Error) => void): Promise<StandaloneServer> => {
  const folder = openDataFolder(settings.dataDir);
  const pino = createPino(settings.logLevel);
  const core = await openCore(settings.dataDir, { fatal, store: (error) => pino.warn({ err: error }, 'The store did not answer.') }, { alone: true });
  const leaseMs = await agreeOnLease(core, settings.leaseMs);
  const routes = new RawRoutes();
  const server = new InProcessServer();
  const module = StandaloneModule.with({ ...settings, core, secrets: folder.secrets, leaseMs, server, routes, fatal });
  const app = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(routes), { logger: new NestPinoLogger(pino), abortOnError: false });
  configureGatewayHttp(app);
  app.connectMicroservice({ strategy: server });
  await app.startAllMicroservices();
  const stop = stopper(app, () => core.close(), () => folder.lock.release(), new RpcDeadlines(leaseMs).commandMs);
  try {
    await startFence(app);
    await startFollowers(app);
    await app.init();
    // Fastify's own call: Nest's writes a second account of what goes wrong to the log.
    await app.getHttpAdapter().getInstance().listen({ port: settings.port, host: settings.host });
    return { address: addressOf(app.getHttpServer()), first: await firstStart(app.get(RpcClient), core.states), stop };
  } catch (error) {
    await stop();
    throw listeningProblem(error, settings.host, settings.port);
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

const IDLE_CHECK_MS = 50;

/**
 * A connection that its client keeps alive is idle only after its last answer, and the server would wait for the client to go. One
 * that never finishes its request is cut when everything that was under way must have been answered.
 */
const closeIntake = async (app: NestFastifyApplication, graceMs: number): Promise<void> => {
  const server: Server = app.getHttpServer();
  const closeIdle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const closeAll = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearInterval(closeIdle);
    clearTimeout(closeAll);
  }
};

/** Intake first, then the lease, then what follows the log, then the files: the reverse would drop answers that were promised. */
const stopper = (app: NestFastifyApplication, closeCore: () => Promise<void>, releaseLock: () => void, graceMs: number) => async (): Promise<void> => {
  await closeIntake(app, graceMs);
  await app.get(FenceNode).stop();
  await app.get(Cascade).stop();
  await app.get(KeysProjection).stop();
  await app.get(FenceAuthority).stop();
  await closeCore();
  releaseLock();
};
