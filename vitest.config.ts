import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defaultExclude, defineConfig } from 'vitest/config';

/** Whole stacks that are broken in every way and must be well again in time: beside other suites that time would say nothing. */
const PROOF = 'test/prove/prove.long.spec.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')) as { readonly version: string };

export default defineConfig({
  // As the build puts it in.
  define: { KEYFENCE_VERSION: JSON.stringify(version) },
  resolve: { tsconfigPaths: true },
  test: {
    setupFiles: ['reflect-metadata'],
    // One less by default, which on two cores is one: many suites wait for leases and processes, not for the processor.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'suites', include: ['{libs,apps,tools,test}/**/*.spec.ts'], exclude: [...defaultExclude, PROOF], sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'proof', include: [PROOF], sequence: { groupOrder: 1 } } },
    ],
  },
});
