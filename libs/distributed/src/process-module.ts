import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { Metrics, Readiness } from '@app/platform';
import type { ServiceProcess } from './service-process.js';

@Module({})
class ProcessModule {}

/** All that exists once per process of a service, for every module in it. */
export const processModule = ({ admin }: ServiceProcess, own: readonly Provider[]): DynamicModule => {
  const providers = [...own, { provide: Metrics, useValue: admin.metrics }, { provide: Readiness, useValue: admin.readiness }];
  return { module: ProcessModule, global: true, providers, exports: providers };
};
