import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defaultExclude, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Those of the process suites that the quick tier runs too: together they reach every endpoint and every known mistake of the protocol. */
const PROCESS_QUICK = [
  'libs/adapters/sqlite/src/sqlite-event-log.process.spec.ts',
  'test/arch/request-walk.process.spec.ts',
  'test/conformance/node-client.process.spec.ts',
  'test/e2e/isolation.process.spec.ts',
  'test/e2e/lifecycle.process.spec.ts',
  'test/fault/log-beside-writer.process.spec.ts',
  'test/fence/*.process.spec.ts',
  'tools/stack/src/processes/child-reaper.process.spec.ts',
];
/** Only `npm run test:all` searches: what the search finds is stored, and replayed in every run. */
const SEARCH = ['test/fence/mutants.long.spec.ts'];
/** Whole stacks that are broken in every way and must be well again in time: beside other suites that time would say nothing. */
const PROOF = ['test/prove/prove.long.spec.ts'];
/** The proof against services with a mistake in them: `npm run test:all`, but for the one of PROOF. */
const SPOILED = ['test/prove/prove-mistakes.long.spec.ts'];
/** One stack for the suites of a project, where the tier has servers. */
const SHARED_STACK = ['test/support/servers/shared-stack.setup.ts'];
/** These suites wait for leases and processes as much as for the processor. */
const PROCESS_WORKERS = 2;

/** Code that runs from its sources has no built file of a thread beside it. */
const THREADS_FOLDER = join(import.meta.dirname, 'node_modules/.cache/keyfence-threads');

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')) as { readonly version: string };
const everySpec = (suffix: string): readonly string[] => [`{libs,apps,tools,test}/**/*${suffix}.spec.ts`];

interface Suites {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  readonly order: number;
  readonly workers?: number;
  readonly isolate?: boolean;
  readonly globalSetup?: readonly string[];
}

const project = (
  name: string,
  { include, exclude = [], order, workers = PROCESS_WORKERS, isolate = true, globalSetup = [] }: Suites,
): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name,
    include: [...include],
    exclude: [...defaultExclude, ...exclude],
    globalSetup: [...globalSetup],
    isolate,
    maxWorkers: workers,
    sequence: { groupOrder: order },
  },
});

const COSTLY = ['servers', 'process', 'long'].flatMap((kind) => everySpec(`.${kind}`));

// A project for each suffix of a spec file: what it starts. Projects of one order run beside each other. scripts/test.mjs chooses among them.
export default defineConfig({
  // As the build puts it in.
  define: { KEYFENCE_VERSION: JSON.stringify(version), KEYFENCE_THREADS: JSON.stringify(THREADS_FOLDER) },
  resolve: { tsconfigPaths: true },
  test: {
    setupFiles: ['reflect-metadata'],
    globalSetup: ['test/support/threads.setup.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // Loading the modules once for each file cost more than the tests. `npm run test:order` shows that no file needs another, or its absence.
      project('quick', { include: everySpec(''), exclude: COSTLY, order: 0, workers: availableParallelism(), isolate: false }),
      project('servers', { include: everySpec('.servers'), order: 1 }),
      project('process-quick', { include: PROCESS_QUICK, order: 1, globalSetup: SHARED_STACK }),
      project('process', { include: everySpec('.process'), exclude: PROCESS_QUICK, order: 1, globalSetup: SHARED_STACK }),
      project('long', { include: everySpec('.long'), exclude: [...SEARCH, ...PROOF, ...SPOILED], order: 2 }),
      project('search', { include: SEARCH, order: 2 }),
      project('proof', { include: PROOF, order: 3, workers: 1 }),
      project('spoiled', { include: SPOILED, order: 3, workers: 1 }),
    ],
  },
});
