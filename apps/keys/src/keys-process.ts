import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { keepTrying, type KeysSettings, openMessages, openMongoCore, processModule, type RunningService, type ServiceProcess } from '@app/distributed';
import { FenceAuthority, FenceTransport } from '@app/fence';
import { agreeOnLease, ChangeCommands, coreProviders, NestPinoLogger, observeLog, watchLease } from '@app/platform';
import { EventStream } from '@app/ports';
import { KeysSecrets, SecretFiles } from '@app/secrets';
import { Cascade } from './cascade/cascade.js';
import { fenceAuthorityProviders } from './fence/fence-authority.providers.js';
import { KeysModule } from './keys.module.js';
import { KeysProjection } from './projection/keys-projection.js';
import { Relay } from './relay/relay.js';

/** One of any number of replicas of keys. Takes questions when it has read the registry, and commands after that. */
export const startKeys = async (settings: KeysSettings, process: ServiceProcess): Promise<RunningService> => {
  const secrets = new SecretFiles(settings.secretsDir);
  const keysSecrets = new KeysSecrets(secrets);
  const messages = await openMessages(settings, process);
  const fence = messages.fence(secrets.fenceSecret);
  const core = await openMongoCore(settings, process, messages.doorbell);
  observeLog(process.admin.metrics, process.admin.readiness, core);
  const patiently = <Result>(attempt: () => Promise<Result>): Promise<Result> => keepTrying('MongoDB', attempt, process, core.clock);
  const leaseMs = await patiently(() => agreeOnLease(core, settings.leaseMs));
  await watchLease(core, leaseMs, process.fatal);
  const providers: Provider[] = [
    ...coreProviders(core),
    ...fenceAuthorityProviders(leaseMs),
    ChangeCommands,
    { provide: FenceTransport, useValue: fence.transport },
    { provide: EventStream, useValue: messages.eventStream(settings.events) },
    { provide: KeysSecrets, useValue: keysSecrets },
  ];
  const module = { module: KeysModule, imports: [processModule(process, providers)] };
  const app = await NestFactory.createMicroservice(module, {
    strategy: messages.rpcServer('keys'),
    logger: new NestPinoLogger(process.log),
    abortOnError: false,
  });
  const authority = app.get(FenceAuthority);
  await patiently(() => authority.start());
  const questions = fence.serve(authority);
  const followers = [app.get(KeysProjection), app.get(Cascade), app.get(Relay)];
  for (const follower of followers) await patiently(async () => follower.start());
  await app.listen();
  return {
    facts: { leaseMs },
    // No new commands, then nothing that starts any, then the barriers that others wait for: they push until the very end.
    stop: async () => {
      await app.close();
      for (const follower of followers.toReversed()) await follower.stop();
      // Others are asked from now on; what this replica was asked is answered with the end of its barriers.
      const answered = questions.stop();
      await authority.stop();
      await answered;
      await core.close();
      await messages.close();
    },
  };
};
