import { createServer, type Server } from 'node:http';
import {
  HTTP_SETTINGS,
  nodeProviders,
  openMessages,
  openNode,
  processModule,
  type RunningService,
  type ServiceProcess,
  type ValidationSettings,
} from '@app/distributed';
import { addressOf, closeIntake, listenOn, NestPinoLogger, RawRoutes } from '@app/platform';
import { SecretFiles } from '@app/secrets';
import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ValidateMessages } from './validate-messages.js';
import { ValidationModule } from './validation.module.js';

const TIMEOUTS = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 60_000 };

/** The validate calls and nothing else: without the web framework there is nothing to pass by. */
const serverOf = (routes: RawRoutes): Server =>
  createServer(TIMEOUTS, (request, response) => {
    const handler = routes.find(request.method, request.url);
    if (handler !== undefined) return handler(request, response);
    request.resume();
    response.writeHead(404, { 'Content-Length': '0' });
    response.end();
  });

/** One of any number of processes that validate, over HTTP and over NATS. It holds no database credentials. */
export const startValidation = async (settings: ValidationSettings, process: ServiceProcess): Promise<RunningService> => {
  const secrets = new SecretFiles(settings.secretsDir);
  const messages = await openMessages(settings, process);
  const side = openNode(settings, process, messages, secrets);
  const routes = new RawRoutes();
  const providers: Provider[] = [...nodeProviders(side, messages), { provide: RawRoutes, useValue: routes }];
  const module = { module: ValidationModule, imports: [processModule(process, providers)] };
  const app = await NestFactory.createApplicationContext(module, { logger: new NestPinoLogger(process.log), abortOnError: false });
  await side.start();
  const server = serverOf(routes);
  await listenOn(server, settings.host, settings.port, HTTP_SETTINGS);
  const validate = app.get(ValidateMessages);
  const validations = messages.serveValidations((message) => validate.answer(message));
  return {
    facts: { address: addressOf(server) },
    stop: async () => {
      await validations.stop();
      app.get(ValidationModule).beforeApplicationShutdown();
      await closeIntake(server, side.deadlines.queryMs, () => new Promise((resolve) => void server.close(() => resolve())));
      // Its last flush of usage; nothing is counted after it.
      await app.close();
      await side.stop();
      await messages.close();
    },
  };
};
