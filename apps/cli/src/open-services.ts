import { type DynamicModule, Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy } from '@nestjs/microservices';
import { InProcessClient, InProcessServer } from '@app/adapters/in-process';
import { DirectoryModule, HASH_THREAD, PasswordHasher } from '@app/directory';
import { type RegistryState, tags } from '@app/domain';
import { KeysModule, KeysProjection } from '@app/keys';
import {
  ChangeCommands,
  ChangeFence,
  type Core,
  coreProviders,
  createPino,
  NestPinoLogger,
  openCore,
  RpcClient,
  RpcDeadlines,
  threadFile,
} from '@app/platform';
import { DirectorySecrets, KeysSecrets } from '@app/secrets';
import { openDataStores } from '@app/standalone';
import type { DataFiles } from './data-files.js';
import { LeaseWait } from './lease-wait.js';
import { Operator } from './operator.js';

export interface Services {
  readonly operator: Operator;
  close(): Promise<void>;
}

interface OperatorParts {
  readonly core: Core;
  readonly files: DataFiles;
  readonly leaseMs: number;
  readonly server: InProcessServer;
  readonly hasher: PasswordHasher;
  readonly note: (text: string) => void;
}

@Global()
@Module({})
class OperatorProcess {
  static with({ core, files, leaseMs, server, hasher, note }: OperatorParts): DynamicModule {
    const secrets = files.secrets();
    const providers = [
      ...coreProviders(core),
      ChangeCommands,
      RpcClient,
      { provide: ChangeFence, useValue: new LeaseWait(core.clock, leaseMs, () => files.serverRuns(), note) },
      { provide: ClientProxy, useValue: new InProcessClient(server) },
      { provide: RpcDeadlines, useValue: new RpcDeadlines(leaseMs) },
      { provide: DirectorySecrets, useValue: new DirectorySecrets(secrets) },
      { provide: PasswordHasher, useValue: hasher },
      { provide: KeysSecrets, useValue: new KeysSecrets(secrets) },
    ];
    return { module: OperatorProcess, providers, exports: providers, imports: [] };
  }
}

@Module({})
class OperatorModule {}

/**
 * The services' own modules on the files of a data folder, with or without a running server. Neither node nor authority: changes
 * wait out the lease. The cascade stays with the server; it does the bookkeeping for these changes when it reads them.
 */
export const openServices = async (files: DataFiles, note: (text: string) => void): Promise<Services> => {
  const giveUp = (error: Error): void => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  };
  const stores = openDataStores(files.dataDir, { alone: !files.serverRuns() });
  const core = await openCore(stores, { fatal: giveUp, store: () => undefined });
  const registry = (await core.states.load(tags.registry)).state as RegistryState;
  const server = new InProcessServer();
  const hasher = new PasswordHasher(threadFile(HASH_THREAD));
  const operatorProcess = OperatorProcess.with({ core, files, leaseMs: registry.leaseMs ?? 5_000, server, hasher, note });
  const module: DynamicModule = { module: OperatorModule, imports: [operatorProcess, DirectoryModule, KeysModule] };
  const app = await NestFactory.createMicroservice(module, { strategy: server, logger: new NestPinoLogger(createPino('warn')) });
  await app.listen();
  const keysProjection = app.get(KeysProjection);
  await keysProjection.start();
  return {
    operator: new Operator(app.get(RpcClient)),
    close: async () => {
      await app.close();
      await hasher.close();
      await keysProjection.stop();
      await core.close();
    },
  };
};
