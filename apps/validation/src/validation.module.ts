import { FenceNode } from '@app/fence';
import { Metrics, RawRoutes, RpcClient } from '@app/platform';
import { Clock, RateLimiter } from '@app/ports';
import {
  type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit, Optional,
} from '@nestjs/common';
import { UsageCounter } from './usage-counter.js';
import { ValidateKey } from './validate-key.js';
import { ValidateMessages } from './validate-messages.js';
import { ValidateRoute } from './validate.route.js';
import { ValidationCounts } from './validation-counts.js';
import { observeValidations } from './validation-metrics.js';

/** Needs of the composition: `FenceNode`, `RateLimiter`, `RawRoutes`, `RpcClient`, `Clock`. */
@Module({
  providers: [
    ValidationCounts,
    { provide: UsageCounter, useFactory: (rpc: RpcClient, clock: Clock) => new UsageCounter(rpc, clock), inject: [RpcClient, Clock] },
    {
      provide: ValidateKey,
      useFactory: (node: FenceNode, limiter: RateLimiter, usage: UsageCounter) => new ValidateKey(node, limiter, usage),
      inject: [FenceNode, RateLimiter, UsageCounter],
    },
    {
      provide: ValidateRoute,
      useFactory: (validateKey: ValidateKey, counts: ValidationCounts) => new ValidateRoute(validateKey, counts),
      inject: [ValidateKey, ValidationCounts],
    },
    {
      provide: ValidateMessages,
      useFactory: (validateKey: ValidateKey, counts: ValidationCounts) => new ValidateMessages(validateKey, counts),
      inject: [ValidateKey, ValidationCounts],
    },
  ],
  exports: [ValidationCounts, UsageCounter, ValidateMessages],
})
export class ValidationModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(ValidateRoute) private readonly route: ValidateRoute,
    @Inject(RawRoutes) private readonly routes: RawRoutes,
    @Inject(UsageCounter) private readonly usage: UsageCounter,
    @Inject(ValidationCounts) private readonly counts: ValidationCounts,
    @Optional() @Inject(Metrics) private readonly metrics?: Metrics,
  ) {}

  onModuleInit(): void {
    if (this.metrics !== undefined) observeValidations(this.metrics, this.counts, this.usage);
  }

  onApplicationBootstrap(): void {
    this.route.mount(this.routes);
    this.usage.start();
  }

  beforeApplicationShutdown(): void {
    this.route.closeConnections();
  }

  /** Nest calls it when the HTTP server has closed, so nothing is counted after it. */
  async onApplicationShutdown(): Promise<void> {
    await this.usage.close();
  }
}
