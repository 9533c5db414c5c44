import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { InProcessClient, InProcessRateLimiter, InProcessServer } from '@app/adapters/in-process';
import { DirectoryModule, PasswordHasher } from '@app/directory';
import { FenceNode, FenceTransport, InProcessFenceTransport } from '@app/fence';
import { CALLERS_IN_MEMORY, EntryLimiters, GatewayModule, LoopbackEnvironment, PlatformLimit } from '@app/gateway';
import { fenceAuthorityProviders, KeysModule, NOTHING_READ_BACK } from '@app/keys';
import {
  ChangeCommands,
  type Core,
  coreProviders,
  Metrics,
  observeFenceNode,
  RawRoutes,
  Readiness,
  RpcClient,
  RpcDeadlines,
  usageCounterProvider,
} from '@app/platform';
import { type Clock, RateLimiter } from '@app/ports';
import { DirectorySecrets, type DeploymentSecrets, KeysSecrets } from '@app/secrets';
import { OWNERS_IN_MEMORY, ValidationModule } from '@app/validation';

export interface StandaloneParts {
  readonly core: Core;
  readonly secrets: DeploymentSecrets;
  readonly leaseMs: number;
  readonly server: InProcessServer;
  readonly routes: RawRoutes;
  readonly hasher: PasswordHasher;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly cacheKeys: number;
  readonly platformLimitPerMinute: number;
  readonly fatal: (error: Error) => void;
}

const edgeLimits = (clock: Clock, { cacheSecret }: DeploymentSecrets): EntryLimiters =>
  new EntryLimiters(
    {
      organizationKeys: new InProcessRateLimiter(clock, OWNERS_IN_MEMORY),
      accounts: new InProcessRateLimiter(clock, CALLERS_IN_MEMORY),
      addresses: new InProcessRateLimiter(clock, CALLERS_IN_MEMORY),
      signUps: new InProcessRateLimiter(clock, CALLERS_IN_MEMORY),
    },
    cacheSecret,
  );

/** All that exists once per process: one log with its tail and runner, one authority, one node. */
@Global()
@Module({})
class ProcessModule {
  static with(parts: StandaloneParts): DynamicModule {
    const { core, secrets, leaseMs } = parts;
    const transport = new InProcessFenceTransport(core.clock);
    const node = new FenceNode({ clock: core.clock, transport, cacheKeys: parts.cacheKeys, onBroken: parts.fatal });
    observeFenceNode(parts.metrics, parts.readiness, node);
    const providers = [
      ...coreProviders(core),
      ...fenceAuthorityProviders(leaseMs, NOTHING_READ_BACK),
      ChangeCommands,
      RpcClient,
      usageCounterProvider,
      { provide: FenceTransport, useValue: transport },
      { provide: InProcessFenceTransport, useValue: transport },
      { provide: FenceNode, useValue: node },
      { provide: ClientProxy, useValue: new InProcessClient(parts.server) },
      { provide: RpcDeadlines, useValue: new RpcDeadlines(leaseMs) },
      { provide: RawRoutes, useValue: parts.routes },
      { provide: Metrics, useValue: parts.metrics },
      { provide: Readiness, useValue: parts.readiness },
      { provide: DirectorySecrets, useValue: new DirectorySecrets(secrets) },
      { provide: PasswordHasher, useValue: parts.hasher },
      { provide: KeysSecrets, useValue: new KeysSecrets(secrets) },
      { provide: RateLimiter, useValue: new InProcessRateLimiter(core.clock, OWNERS_IN_MEMORY) },
      { provide: PlatformLimit, useValue: new PlatformLimit(new InProcessRateLimiter(core.clock, CALLERS_IN_MEMORY), parts.platformLimitPerMinute) },
      { provide: EntryLimiters, useValue: edgeLimits(core.clock, secrets) },
      { provide: LoopbackEnvironment, useValue: new LoopbackEnvironment() },
    ];
    return { module: ProcessModule, providers, exports: providers };
  }
}

/** The four services in one process. */
@Module({})
export class StandaloneModule {
  static with(parts: StandaloneParts): DynamicModule {
    return { module: StandaloneModule, imports: [ProcessModule.with(parts), DirectoryModule, KeysModule, GatewayModule, ValidationModule] };
  }
}
