import { randomBytes } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type DirectorySettings, keepTrying, openMessages, openMongoCore, processModule, type RunningService, type ServiceProcess } from '@app/distributed';
import { awaitLease, ChangeCommands, ChangeFence, coreProviders, NestPinoLogger, observeLog, watchLease } from '@app/platform';
import { DirectorySecrets, SecretFiles } from '@app/secrets';
import { DirectoryModule } from './directory.module.js';
import { RemoteChangeFence } from './remote-change-fence.js';

/** One of any number of replicas of directory. The authority of the fence is asked. */
export const startDirectory = async (settings: DirectorySettings, process: ServiceProcess): Promise<RunningService> => {
  const secrets = new SecretFiles(settings.secretsDir);
  const directorySecrets = new DirectorySecrets(secrets);
  const messages = await openMessages(settings, process);
  const { barriers } = messages.fence(secrets.fenceSecret);
  const core = await openMongoCore(settings, process, messages.doorbell);
  observeLog(process.admin.metrics, process.admin.readiness, core);
  const waiting = (): void => process.log.info({ context: 'start' }, 'Waiting for keys to open the registry of the log.');
  const leaseMs = await keepTrying('MongoDB', () => awaitLease(core, settings.leaseMs, waiting, process.ending), process, core.clock);
  await watchLease(core, leaseMs, process.fatal);
  const providers: Provider[] = [
    ...coreProviders(core),
    ChangeCommands,
    {
      provide: ChangeFence,
      useValue: new RemoteChangeFence({ clock: core.clock, transport: barriers, leaseMs, incarnation: randomBytes(16).toString('hex') }),
    },
    { provide: DirectorySecrets, useValue: directorySecrets },
  ];
  const module = { module: DirectoryModule, imports: [processModule(process, providers)] };
  const app = await NestFactory.createMicroservice(module, {
    strategy: messages.rpcServer('directory'),
    logger: new NestPinoLogger(process.log),
    abortOnError: false,
  });
  await app.listen();
  return {
    facts: { leaseMs },
    stop: async () => {
      await app.close();
      await core.close();
      await messages.close();
    },
  };
};
