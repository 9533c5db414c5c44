import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BackendApi } from '@test/support/clients/backend-api.js';
import { diskFolder, StandaloneServer } from '@test/support/servers/standalone-process.js';
import { verifyWhole } from './crash-examination.js';
import { withImage } from './crash-image.js';
import { LogBook } from './crash-log-book.js';
import { crashEnvironment, type CrashPlan } from './crash-plan.js';
import { SEED } from './crash-seed.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';

/** The long form: CRASH_FIRST_STARTS=100 npx vitest run test/fault/crash-first-start.long.spec.ts */
const FOLDERS = Number(process.env['CRASH_FIRST_STARTS'] ?? 6);
const ONCE = ['registry.opened.v1', 'environment.created.v1', 'backend-key.issued.v1'];

/** How often a first start changes a file: the places where it can be killed. */
const stepsOfAFirstStart = async (): Promise<number> => {
  const dataDir = diskFolder();
  const report = join(dataDir, 'steps');
  const server = new StandaloneServer({ dataDir, env: crashEnvironment({ kind: 'count' }, report) });
  await server.start();
  await server.end('SIGKILL');
  const steps = readFileSync(report, 'utf8').length;
  rmSync(dataDir, { recursive: true });
  return steps;
};

/** Every place once, in a random order, before any comes again: the long form visits all of them. */
const placesIn = (random: SeededRandom, steps: number): (() => CrashPlan) => {
  const atSteps = Array.from({ length: steps }, (_, index): readonly CrashPlan[] =>
    [false, true].map((after) => ({ kind: 'step', number: index + 1, after })),
  ).flat();
  const inCommits = [1, 2, 3, 4].flatMap((number): readonly CrashPlan[] =>
    (['before', 'inside', 'inside', 'after'] as const).map((moment) => ({ kind: 'commit', number, moment, delayUs: random.whole(0, 400) })),
  );
  let left: CrashPlan[] = [];
  return () => {
    if (left.length === 0) left = [...random.sample([...atSteps, ...inCommits], Infinity)];
    return left.pop() ?? { kind: 'step', number: 1, after: false };
  };
};

/** True: killed where it was meant to be. A start after a start has fewer steps, and may live. */
const killedAt = async (dataDir: string, plan: CrashPlan): Promise<boolean> => {
  const server = new StandaloneServer({ dataDir, env: crashEnvironment(plan, join(dataDir, 'report')) });
  const started = await server.start().then(
    () => true,
    () => false,
  );
  await server.end('SIGKILL');
  expect(server.stderr).toBe('');
  return !started;
};

/** The key that the start has shown; where an earlier one made it and died before it could say so, one that the operator makes. */
const keyOf = async (server: StandaloneServer): Promise<string> => {
  await server.waitForStdout(/backend key|curl[\s\S]*curl[\s\S]*curl[^\n]*\n/i);
  return /Backend key:\s+([0-9a-f]{128})\s/.exec(server.stdout)?.[1] ?? server.newBackendKey('full-access');
};

const bookOf = (dataDir: string): Promise<LogBook> =>
  withImage(dataDir, ['log.db'], async (imageDir) => {
    const book = new LogBook();
    await book.readOn(join(imageDir, 'log.db'));
    await verifyWhole(join(imageDir, 'log.db'));
    return book;
  });

const tryFolder = async (kills: number, nextPlace: () => CrashPlan, history: string[]): Promise<void> => {
  const dataDir = diskFolder();
  history.push(dataDir);
  for (let kill = 0; kill < kills; kill += 1) {
    const plan = nextPlace();
    history.push(`${JSON.stringify(plan)}: ${(await killedAt(dataDir, plan)) ? 'killed' : 'lived'}`);
  }
  const server = new StandaloneServer({ dataDir });
  try {
    await server.start();
    const api = new BackendApi(server.origin, await keyOf(server));
    const key = await api.issueKey({ user_id: await api.createUser() });
    expect((await api.validate(key.token)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(server.stderr).toBe('');
  } finally {
    await server.end('SIGKILL');
  }
  const types = (await bookOf(dataDir)).commits.flatMap(({ actor, events }) => (actor === 'system' ? events : [])).map(({ type }) => type);
  expect(ONCE.map((type) => types.filter((one) => one === type).length)).toEqual([1, 1, 1]);
  rmSync(dataDir, { recursive: true });
};

describe(`killed in its first start, in ${FOLDERS} folders (seed ${SEED})`, () => {
  it(
    'leaves a folder that the next start works with: one environment, one first key, shown or to be made by the operator',
    async () => {
      const random = new SeededRandom(SEED);
      const steps = await stepsOfAFirstStart();
      expect(steps).toBeGreaterThan(20);
      const nextPlace = placesIn(random, steps);
      let begun = 0;
      const work = async (): Promise<void> => {
        for (let folder = begun++; folder < FOLDERS; folder = begun++) {
          const history: string[] = [];
          await tryFolder(random.whole(1, 4), nextPlace, history).catch((error: unknown) => {
            throw new Error(`Folder ${folder} of CRASH_SEED=${SEED}: ${history.join('; ')}\n${error instanceof Error ? error.message : 'failed'}`, {
              cause: error,
            });
          });
        }
      };
      await Promise.all([work(), work()]);
    },
    Math.max(300_000, FOLDERS * 60_000),
  );
});
