import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Broken, type Promised } from './crash-examination.js';
import { CrashLane, type Tally } from './crash-lane.js';
import { SEED } from './crash-seed.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';

/** The long form: CRASH_KILLS=2000 npx vitest run test/fault/crash.long.spec.ts */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 200);
const LANES = Number(process.env['CRASH_LANES'] ?? 2);
const LONG = KILLS > 200;

interface Found {
  readonly promised: Promised | 'the suite';
  readonly problem: string;
}

const progressOf = (kills: () => number) => (): void => {
  if (LONG && kills() % 20 === 0) process.stderr.write(`crash test, seed ${SEED}: ${kills()} of ${KILLS} kills\n`);
};

const describeProblem = (error: unknown, lane: CrashLane, index: number): Found => {
  const what = error instanceof Broken ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  const again = `CRASH_SEED=${SEED} CRASH_KILLS=${KILLS} CRASH_LANES=${LANES} npx vitest run test/fault/crash.long.spec.ts`;
  const problem = `${what}\nIn ${lane.where}, lane ${index}. The same draws: ${again}\nThe data folder as it was found: ${lane.dataDir}`;
  return { promised: error instanceof Broken ? error.promised : 'the suite', problem };
};

describe(`${KILLS} times SIGKILL under concurrent commands, on ${LANES} data folders (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const lanes: CrashLane[] = [];
  const found: Found[] = [];
  const sum = (of: keyof Tally): number => lanes.reduce((total, { tally }) => total + tally[of], 0);

  beforeAll(
    async () => {
      lanes.push(...Array.from({ length: LANES }, (_, index) => new CrashLane(random.split(`lane ${index}`))));
      const onKill = progressOf(() => sum('kills'));
      await Promise.all(
        lanes.map(async (lane, index) => {
          const share = Math.floor((KILLS + index) / LANES);
          await lane.run(share, onKill).catch((error: unknown) => {
            found.push(describeProblem(error, lane, index));
          });
          await lane.end();
          if (!found.some(({ problem }) => problem.includes(lane.dataDir))) lane.removeFolder();
        }),
      );
    },
    Math.max(900_000, KILLS * 10_000),
  );

  afterAll(async () => {
    await Promise.all(lanes.map((lane) => lane.end()));
    if (LONG) process.stderr.write(`crash test, seed ${SEED}: ${JSON.stringify(lanes.map(({ tally }) => tally))}\n`);
  });

  const problemsWith = (promised: Found['promised']): readonly string[] => found.filter((one) => one.promised === promised).map(({ problem }) => problem);

  it('every acknowledged command is in the log exactly once, one without an answer at most once, and nothing else is', () => {
    expect(problemsWith('exactly once')).toEqual([]);
  });

  it('the chain verifies after every kill, and no position ever changes', () => {
    expect(problemsWith('chain')).toEqual([]);
  });

  it('the read models equal the fold of the log up to where they stand, and the lists are right after the last restart', () => {
    expect(problemsWith('read models')).toEqual([]);
  });

  it('every denied key is refused at the first requests after a restart, and every living one validates as it was last changed', () => {
    expect(problemsWith('denials')).toEqual([]);
  });

  it('a command that got no answer can be asked again: it takes place once, and the answer says so', () => {
    expect(problemsWith('answers')).toEqual([]);
  });

  it('every restart works and has nothing to complain about', () => {
    expect(problemsWith('restart')).toEqual([]);
  });

  it('the kills hit what they were meant to hit', () => {
    expect(problemsWith('the suite')).toEqual([]);
    const tally = {
      kills: sum('kills'),
      starting: sum('starting') > 0,
      insideCommit: sum('insideCommit') > 0,
      unanswered: sum('unanswered') > 0,
      unansweredInLog: sum('unansweredInLog') > 0,
      rowsBehind: sum('rowsBehind') > 0,
    };
    expect(tally).toEqual({ kills: KILLS, starting: true, insideCommit: true, unanswered: true, unansweredInLog: true, rowsBehind: true });
    expect(sum('answered')).toBeGreaterThan(KILLS * 5);
    expect(sum('denialsChecked')).toBeGreaterThan(KILLS * 5);
  });
});
