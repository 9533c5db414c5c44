import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ['{libs,apps,test}/**/*.spec.ts'],
    setupFiles: ['reflect-metadata'],
    // One less by default, which on two cores is one: many suites wait for leases and processes, not for the processor.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
