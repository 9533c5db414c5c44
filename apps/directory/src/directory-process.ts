import { randomBytes } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type DirectorySettings, keepTrying, openMessages, openMongoCore, processModule, type ServiceFacts, type ServiceProcess } from '@app/distributed';
import { awaitLease, ChangeCommands, ChangeFence, closingOnce, coreProviders, NestPinoLogger, observeLog, threadFile, watchLease } from '@app/platform';
import { DirectorySecrets, SecretFiles } from '@app/secrets';
import { DirectoryModule } from './directory.module.js';
import { HASH_THREAD, PasswordHasher } from './passwords/password-hasher.js';
import { RemoteChangeFence } from './remote-change-fence.js';

/** One of any number of replicas of directory. The authority of the fence is asked. */
export const startDirectory = async (settings: DirectorySettings, process: ServiceProcess): Promise<ServiceFacts> => {
  const { lifecycle } = process;
  const secrets = new SecretFiles(settings.secretsDir);
  const directorySecrets = new DirectorySecrets(secrets);
  const messages = await lifecycle.start(
    'messages',
    () => openMessages(settings, process),
    (connection) => connection.close(),
  );
  const { barriers } = messages.fence(secrets.fenceSecret);
  const core = await lifecycle.start(
    'log',
    () => openMongoCore(settings, process, messages.doorbell),
    (opened) => opened.close(),
  );
  observeLog(process.admin.metrics, process.admin.readiness, core);
  const waiting = (): void => process.log.info({ context: 'start' }, 'Waiting for keys to open the registry of the log.');
  const leaseMs = await keepTrying('MongoDB', () => awaitLease(core, settings.leaseMs, waiting, process.ending), process, core.clock);
  await watchLease(core, leaseMs, process.fatal);
  const hasher = await lifecycle.start(
    'password hashing',
    () => new PasswordHasher(threadFile(HASH_THREAD), settings.hashesAtOnce),
    (threads) => threads.close(),
  );
  const providers: Provider[] = [
    ...coreProviders(core),
    ChangeCommands,
    {
      provide: ChangeFence,
      useValue: new RemoteChangeFence({ clock: core.clock, transport: barriers, leaseMs, incarnation: randomBytes(16).toString('hex') }),
    },
    { provide: DirectorySecrets, useValue: directorySecrets },
    { provide: PasswordHasher, useValue: hasher },
  ];
  const module = { module: DirectoryModule, imports: [processModule(process, providers)] };
  const options = { strategy: messages.rpcServer('directory'), logger: new NestPinoLogger(process.log), abortOnError: false };
  const app = await NestFactory.createMicroservice(module, options);
  const close = closingOnce(app);
  await lifecycle.start('application', () => undefined, close);
  await lifecycle.start('intake', () => app.listen(), close);
  return { leaseMs };
};
