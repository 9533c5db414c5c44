// How dear are logins and refreshes, beside the least that they need? Logins beside bare argon2id verifications with the same parameters;
// refreshes beside bare durable inserts, in transactions as large as group commit made its own, and bare RS256 signatures. All in turns in
// one run, all on the server's core. BENCH_ROUNDS, BENCH_SECONDS, BENCH_END_USERS change the size.
import { type BareWork, startBareWork } from '../baselines/baseline-protocol.js';
import { type CountedServer, startCounted } from '../commands/counted-server.js';
import type { RunBench } from '../harness/bench.js';
import { overRounds, ratios } from '../harness/figures.js';
import { type HttpLoad, type Load, type LoadResult, ofOneKind, startLoad } from '../harness/load-protocol.js';
import { distribution, median, repeat, setting, spread } from '../harness/numbers.js';
import { scoped } from '../harness/processes.js';
import { measure, printMachine, type Row } from '../harness/rounds.js';
import { createEndUsers, logIn, loginText, type EndUser } from '../harness/end-users.js';
import { type RefreshResult, type RefreshRound, startRefreshLoad } from './refresh-protocol.js';

const AT_ONCE = 8;
/** About what a refresh appends. */
const BYTES = 700;

interface Bench {
  readonly server: CountedServer;
  readonly load: HttpLoad;
  readonly refreshes: Load<RefreshRound, RefreshResult>;
  readonly inserts: BareWork;
  readonly checks: BareWork;
  readonly signatures: BareWork;
  readonly endUsers: readonly EndUser[];
  /** What each session may show next. */
  refreshTokens: readonly string[];
  seconds: number;
}

/** One after the other on one core: the time of both is the sum of their times. */
const together = (...rates: readonly number[]): number => 1 / rates.reduce((sum, rate) => sum + 1 / rate, 0);

const turn = async (bench: Bench) => {
  const { server, load, seconds, endUsers, refreshTokens } = bench;
  const checks = await bench.checks.run({ seconds, atOnce: AT_ONCE });
  const logins = await measure(
    load,
    { ...server, name: 'logins' },
    {
      seconds,
      every: true,
      connections: AT_ONCE,
      ...ofOneKind(endUsers.map(({ email }) => loginText(email))),
    },
  );
  await server.forgetBatches();
  const refreshes = await measure(bench.refreshes, { ...server, name: 'refreshes' }, { seconds, tokens: refreshTokens });
  bench.refreshTokens = refreshes.tokens;
  const batch = Math.max(1, Math.round(await server.commitsPerInsert()));
  const inserts = await bench.inserts.run({ seconds: seconds / 2, batch, bytes: BYTES });
  const signatures = await bench.signatures.run({ seconds: seconds / 2, atOnce: AT_ONCE });
  return { checks, logins, refreshes, batch, inserts, signatures, least: together(inserts.perSecond, signatures.perSecond) };
};

type Turn = Awaited<ReturnType<typeof turn>>;

const row = (turns: readonly Turn[], of: (one: Turn) => LoadResult, least: (one: Turn) => number): Row => ({
  'a second': spread(
    turns.map((one) => of(one).perSecond),
    0,
  ),
  'p50 ms': median(turns.map((one) => of(one).p50Ms ?? Number.NaN)).toFixed(1),
  'p99 ms': median(turns.map((one) => of(one).p99Ms ?? Number.NaN)).toFixed(1),
  ratio: distribution(
    turns.map((one) => of(one).perSecond / least(one)),
    2,
  ),
});
const bareRow = (turns: readonly Turn[], of: (one: Turn) => number): Row => ({ 'a second': spread(turns.map(of), 0) });

const print = (turns: readonly Turn[]): void =>
  console.table({
    'bare argon2id verifications': bareRow(turns, ({ checks }) => checks.perSecond),
    logins: row(
      turns,
      ({ logins }) => logins,
      ({ checks }) => checks.perSecond,
    ),
    [`bare inserts, ${String(median(turns.map(({ batch }) => batch)))} a transaction`]: bareRow(turns, ({ inserts }) => inserts.perSecond),
    'bare RS256 signatures': bareRow(turns, ({ signatures }) => signatures.perSecond),
    'an insert and a signature': bareRow(turns, ({ least }) => least),
    refreshes: row(
      turns,
      ({ refreshes }) => refreshes,
      ({ least }) => least,
    ),
  });

export const benchSessions: RunBench = () =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 7);
    const seconds = setting('BENCH_SECONDS', 2);
    const server = use(await startCounted());
    const endUsers = await createEndUsers(server, setting('BENCH_END_USERS', 64));
    const refreshTokens = await repeat(AT_ONCE, async (index) => (await logIn(server, endUsers[index]?.email ?? '')).refreshToken);
    const bench: Bench = {
      server,
      endUsers,
      refreshTokens,
      load: use(startLoad()),
      refreshes: use(startRefreshLoad()),
      inserts: use(await startBareWork({ kind: 'durable-inserts' })),
      checks: use(await startBareWork({ kind: 'argon2' })),
      signatures: use(await startBareWork({ kind: 'rs256' })),
      seconds: setting('BENCH_WARM_UP_SECONDS', 4),
    };
    await turn(bench);
    bench.seconds = seconds;
    const turns = await repeat(rounds, () => turn(bench));
    printMachine();
    const sizes = `${String(rounds)} turns of ${String(seconds)} s, ${String(AT_ONCE)} clients`;
    console.log(`${sizes}; medians (extremes), ratios within a turn as median [middle half] (extremes)`);
    console.log('\nLogins beside bare password checks; refreshes beside an insert and a signature, one after the other on the same core');
    print(turns);
    return {
      figures: {
        logins: overRounds(
          turns.map(({ logins }) => logins.perSecond),
          'a second',
        ),
        loginsToBare: ratios(turns.map(({ logins, checks }) => logins.perSecond / checks.perSecond)),
        refreshes: overRounds(
          turns.map(({ refreshes }) => refreshes.perSecond),
          'a second',
        ),
        refreshesToBare: ratios(turns.map(({ refreshes, least }) => refreshes.perSecond / least)),
      },
    };
  });
