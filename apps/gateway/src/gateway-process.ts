import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type GatewaySettings,
  HTTP_SETTINGS,
  nodeProviders,
  openMessages,
  openNode,
  processModule,
  type ServiceFacts,
  type ServiceProcess,
} from '@app/distributed';
import { addressOf, closeIntake, closingOnce, listeningProblem, NestPinoLogger } from '@app/platform';
import { SecretFiles } from '@app/secrets';
import { PlatformLimit } from './entry/limit.js';
import { EntryLimiters } from './entry/limits.js';
import { GatewayModule } from './gateway.module.js';
import { createGatewayAdapter } from './gateway-adapter.js';
import { configureGatewayHttp } from './gateway-http.js';

/** One of any number of processes at the HTTP edge. It knows no rules and holds no database credentials. */
export const startGateway = async (settings: GatewaySettings, process: ServiceProcess): Promise<ServiceFacts> => {
  const { lifecycle } = process;
  // First: it refuses an invalid setting before the process waits for any server.
  const adapter = createGatewayAdapter(settings.trustedProxies);
  const secrets = new SecretFiles(settings.secretsDir);
  const messages = await lifecycle.start(
    'messages',
    () => openMessages(settings, process),
    (connection) => connection.close(),
  );
  const side = await openNode(settings, process, messages, secrets);
  const providers: Provider[] = [
    ...nodeProviders(side, messages),
    { provide: PlatformLimit, useValue: new PlatformLimit(side.limiter, settings.platformLimitPerMinute) },
    { provide: EntryLimiters, useValue: EntryLimiters.over(side.limiter, secrets.cacheSecret) },
  ];
  const module = { module: GatewayModule, imports: [processModule(process, providers)] };
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: new NestPinoLogger(process.log), abortOnError: false });
  const close = closingOnce(app);
  await lifecycle.start('application', () => configureGatewayHttp(app, process.admin.metrics), close);
  await side.start();
  await lifecycle.start(
    'intake',
    async () => {
      await app.init();
      // Fastify's own call: Nest's would log an error a second time.
      await app
        .getHttpAdapter()
        .getInstance()
        .listen({ port: settings.port, host: settings.host })
        .catch((error: unknown) => {
          throw listeningProblem(error, settings.host, settings.port, HTTP_SETTINGS);
        });
    },
    () => closeIntake(app.getHttpServer(), side.deadlines.commandMs, close),
  );
  return { address: addressOf(app.getHttpServer()) };
};
