import { createServer, type Server } from 'node:http';
import {
  HTTP_SETTINGS,
  nodeProviders,
  openMessages,
  openNode,
  processModule,
  type ServiceFacts,
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

/** Only the validate calls: this process has no web framework. */
const serverOf = (routes: RawRoutes): Server =>
  createServer(TIMEOUTS, (request, response) => {
    const handler = routes.find(request.method, request.url);
    if (handler !== undefined) return handler(request, response);
    request.resume();
    response.writeHead(404, { 'Content-Length': '0' });
    response.end();
  });

/** One of any number of processes that validate, over HTTP and over NATS. It holds no database credentials. */
export const startValidation = async (settings: ValidationSettings, process: ServiceProcess): Promise<ServiceFacts> => {
  const { lifecycle } = process;
  const secrets = new SecretFiles(settings.secretsDir);
  const messages = await lifecycle.start(
    'messages',
    () => openMessages(settings, process),
    (connection) => connection.close(),
  );
  const side = await openNode(settings, process, messages, secrets);
  const routes = new RawRoutes();
  const providers: Provider[] = [...nodeProviders(side, messages), { provide: RawRoutes, useValue: routes }];
  const module = { module: ValidationModule, imports: [processModule(process, providers)] };
  await side.start();
  // Closing it flushes usage for the last time, so it stops before the node and after both intakes: nothing is counted afterwards.
  const app = await lifecycle.start(
    'application',
    () => NestFactory.createApplicationContext(module, { logger: new NestPinoLogger(process.log), abortOnError: false }),
    (context) => context.close(),
  );
  const server = serverOf(routes);
  await lifecycle.start(
    'HTTP intake',
    () => listenOn(server, settings.host, settings.port, HTTP_SETTINGS),
    () => {
      app.get(ValidationModule).beforeApplicationShutdown();
      return closeIntake(server, side.deadlines.queryMs, () => new Promise((resolve) => void server.close(() => resolve())));
    },
  );
  const validate = app.get(ValidateMessages);
  await lifecycle.start(
    'NATS intake',
    () => messages.serveValidations((message) => validate.answer(message)),
    (validations) => validations.stop(),
  );
  return { address: addressOf(server) };
};
