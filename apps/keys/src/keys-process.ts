import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { keepTrying, type KeysSettings, openMessages, openMongoCore, processModule, type ServiceFacts, type ServiceProcess } from '@app/distributed';
import { FenceAuthority, FenceTransport } from '@app/fence';
import { agreeOnLease, ChangeCommands, closingOnce, coreProviders, NestPinoLogger, observeLog, watchLease } from '@app/platform';
import { EventStream } from '@app/ports';
import { KeysSecrets, SecretFiles } from '@app/secrets';
import { Cascade } from './cascade/cascade.js';
import { fenceAuthorityProviders } from './fence/fence-authority.providers.js';
import { KeysModule } from './keys.module.js';
import { KeysProjection } from './projection/keys-projection.js';
import { Relay } from './relay/relay.js';

/** One of any number of replicas of keys. Accepts queries once it has read the registry, and commands after that. */
export const startKeys = async (settings: KeysSettings, process: ServiceProcess): Promise<ServiceFacts> => {
  const { lifecycle } = process;
  const secrets = new SecretFiles(settings.secretsDir);
  const keysSecrets = new KeysSecrets(secrets);
  const messages = await lifecycle.start(
    'messages',
    () => openMessages(settings, process),
    (connection) => connection.close(),
  );
  const fence = messages.fence(secrets.fenceSecret);
  const core = await lifecycle.start(
    'log',
    () => openMongoCore(settings, process, messages.doorbell),
    (opened) => opened.close(),
  );
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
  const options = { strategy: messages.rpcServer('keys'), logger: new NestPinoLogger(process.log), abortOnError: false };
  const app = await NestFactory.createMicroservice(module, options);
  const close = closingOnce(app);
  await lifecycle.start('application', () => undefined, close);
  const authority = app.get(FenceAuthority);
  // Stops after everything that starts commands: barriers push until the very end.
  await lifecycle.start(
    'fence authority',
    async () => {
      await patiently(() => authority.start());
      return fence.serve(authority);
    },
    async (questions) => {
      // From here on other replicas get the questions; this one settles its own when its barriers end.
      const answered = questions.stop();
      await authority.stop();
      await answered;
    },
  );
  const followers = { 'keys projection': app.get(KeysProjection), cascade: app.get(Cascade), relay: app.get(Relay) };
  for (const [name, follower] of Object.entries(followers))
    await lifecycle.start(
      name,
      () => patiently(async () => follower.start()),
      () => follower.stop(),
    );
  await lifecycle.start('intake', () => app.listen(), close);
  return { leaseMs };
};
