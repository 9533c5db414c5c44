import { FenceNode } from '@app/fence';
import { Metrics, RawRoutes, UsageCounter } from '@app/platform';
import { RateLimiter } from '@app/ports';
import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap, type OnModuleInit, Optional } from '@nestjs/common';
import { ValidateKey } from './validate-key.js';
import { ValidateMessages } from './validate-messages.js';
import { ValidateRoute } from './validate.route.js';
import { ValidationCounts } from './validation-counts.js';
import { observeValidations } from './validation-metrics.js';
import { Validations } from './validations.js';

/** Needs of the composition: `FenceNode`, `RateLimiter`, `RawRoutes`, `UsageCounter`. */
@Module({
  providers: [
    ValidationCounts,
    {
      provide: ValidateKey,
      useFactory: (node: FenceNode, limiter: RateLimiter, usage: UsageCounter) => new ValidateKey(node, limiter, usage),
      inject: [FenceNode, RateLimiter, UsageCounter],
    },
    {
      provide: Validations,
      useFactory: (validateKey: ValidateKey, counts: ValidationCounts) => new Validations(validateKey, counts),
      inject: [ValidateKey, ValidationCounts],
    },
    { provide: ValidateRoute, useFactory: (validations: Validations) => new ValidateRoute(validations), inject: [Validations] },
    { provide: ValidateMessages, useFactory: (validations: Validations) => new ValidateMessages(validations), inject: [Validations] },
  ],
  exports: [ValidationCounts, ValidateMessages],
})
export class ValidationModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(ValidateRoute) private readonly route: ValidateRoute,
    @Inject(RawRoutes) private readonly routes: RawRoutes,
    @Inject(ValidationCounts) private readonly counts: ValidationCounts,
    @Optional() @Inject(Metrics) private readonly metrics?: Metrics,
  ) {}

  onModuleInit(): void {
    if (this.metrics !== undefined) observeValidations(this.metrics, this.counts);
  }

  onApplicationBootstrap(): void {
    this.route.mount(this.routes);
  }

  beforeApplicationShutdown(): void {
    this.route.closeConnections();
  }
}
