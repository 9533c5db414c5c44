import { Clock } from '@app/ports';
import type { FactoryProvider } from '@nestjs/common';
import { Metrics } from './admin/metrics.js';
import { observeUsage } from './admin/usage-sources.js';
import { RpcClient } from './rpc-client.js';
import { UsageCounter } from './usage-counter.js';

/** The process's one counter of usage, with its metrics. Needs of the composition: `RpcClient`, `Clock`, `Metrics`. */
export const usageCounterProvider: FactoryProvider<UsageCounter> = {
  provide: UsageCounter,
  useFactory: (rpc: RpcClient, clock: Clock, metrics: Metrics) => {
    const usage = new UsageCounter(rpc, clock);
    observeUsage(metrics, usage);
    return usage;
  },
  inject: [RpcClient, Clock, Metrics],
};
