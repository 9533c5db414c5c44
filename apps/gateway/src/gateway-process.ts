import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type GatewaySettings, HTTP_SETTINGS, nodeProviders, openMessages, openNode, processModule, type RunningService, type ServiceProcess,
} from '@app/distributed';
import { addressOf, BadSettings, closeIntake, listeningProblem, NestPinoLogger } from '@app/platform';
import { SecretFiles } from '@app/secrets';
import { PlatformLimit } from './access/platform-limit.js';
import { EdgeLimits } from './edge/edge-limits.js';
import { GatewayModule } from './gateway.module.js';
import { configureGatewayHttp, gatewayFastifyOptions } from './http/gateway-http.js';

/** Without a trusted proxy the address of a call is the connection's, and all calls through an edge would count as one caller's. */
const newAdapter = ({ trustedProxies }: GatewaySettings): FastifyAdapter => {
  try {
    return new FastifyAdapter({ ...gatewayFastifyOptions(), keepAliveTimeout: 60_000, ...(trustedProxies.length === 0 ? {} : { trustProxy: [...trustedProxies] }) });
  } catch {
    throw new BadSettings(['TRUSTED_PROXIES must be addresses or networks, by commas, or loopback, linklocal, uniquelocal.']);
  }
};

/** One of any number of processes at the HTTP edge. It knows no rules and holds no database credentials. */
export const startGateway = async (settings: GatewaySettings, process: ServiceProcess): Promise<RunningService> => {
  const secrets = new SecretFiles(settings.secretsDir);
  const messages = await openMessages(settings, process);
  const side = openNode(settings, process, messages, secrets);
  const providers: Provider[] = [
    ...nodeProviders(side, messages),
    { provide: PlatformLimit, useValue: new PlatformLimit(side.limiter, settings.platformLimitPerMinute) },
    { provide: EdgeLimits, useValue: new EdgeLimits(side.limiter, side.limiter, secrets.cacheSecret) },
  ];
  const module = { module: GatewayModule, imports: [processModule(process, providers)] };
  const adapter = newAdapter(settings);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: new NestPinoLogger(process.log), abortOnError: false });
  await configureGatewayHttp(app, process.admin.metrics);
  await side.start();
  await app.init();
  // Fastify's own call: Nest's writes a second account of what goes wrong to the log.
  await app.getHttpAdapter().getInstance().listen({ port: settings.port, host: settings.host }).catch((error: unknown) => {
    throw listeningProblem(error, settings.host, settings.port, HTTP_SETTINGS);
  });
  return {
    facts: { address: addressOf(app.getHttpServer()) },
    stop: async () => {
      await closeIntake(app.getHttpServer(), side.deadlines.commandMs, () => app.close());
      await side.stop();
      await messages.close();
    },
  };
};
