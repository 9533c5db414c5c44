// How dear are logins and refreshes, beside the least that they need? Logins beside bare argon2id verifications with the same parameters;
// refreshes beside bare durable inserts, in transactions as large as group commit made its own, and bare RS256 signatures. All in turns in
// one run, all on the server's core. BENCH_ROUNDS, BENCH_SECONDS, BENCH_VISITORS change the size.
import { join } from 'node:path';
import { startInserts } from './bare-inserts.mjs';
import { startCounted } from './commands.bench.mjs';
import { distribution, median, setting, spread } from './numbers.mjs';
import { benchFolder, nextLine, scoped, SERVER_CORE, startLoad, startNode, stopNode } from './processes.mjs';
import { measure, printMachine } from './rounds.mjs';
import { createVisitors, logIn, loginText } from './visitors.mjs';

const WARM_UP_SECONDS = 4;
const AT_ONCE = 8;
/** About what a refresh appends. */
const BYTES = 700;

const startCrypto = () => {
  const process = startNode(SERVER_CORE, join(benchFolder, 'bare-crypto.mjs'));
  const run = async (round) => {
    process.say(round);
    return JSON.parse(await nextLine(process, 60_000));
  };
  return { run, stop: () => stopNode(process) };
};

/** One after the other on one core: the time of both is the sum of their times. */
const together = (...rates) => 1 / rates.reduce((sum, rate) => sum + 1 / rate, 0);

const turn = async ({ server, load, refreshes, inserts, crypto, visitors, sessions, seconds }) => {
  const argon2 = await crypto.run({ does: 'argon2', seconds, atOnce: AT_ONCE });
  const logins = await measure(load, server, { seconds, every: true, connections: AT_ONCE, expectedStatus: 200, requests: visitors.map(({ email }) => loginText(email)) });
  await server.batches();
  const refreshed = await measure(refreshes, server, { seconds, backendKey: server.backendKey, tokens: sessions.tokens });
  sessions.tokens = refreshed.tokens;
  const { inserts: transactions, commits } = await server.batches();
  const batch = Math.max(1, Math.round(commits / transactions));
  const bare = await inserts.run({ seconds: seconds / 2, batch, bytes: BYTES });
  const signatures = await crypto.run({ does: 'rs256', seconds: seconds / 2, atOnce: AT_ONCE });
  return { argon2, logins, refreshed, batch, bare, signatures, least: together(bare.perSecond, signatures.perSecond) };
};

const row = (turns, of, least) => ({
  'a second': spread(turns.map((one) => of(one).perSecond), 0),
  'p50 ms': median(turns.map((one) => of(one).p50Ms)).toFixed(1),
  'p99 ms': median(turns.map((one) => of(one).p99Ms)).toFixed(1),
  ratio: distribution(turns.map((one) => of(one).perSecond / least(one)), 2),
});
const bareRow = (turns, of) => ({ 'a second': spread(turns.map(of), 0) });

const print = (turns) => {
  console.table({
    'bare argon2id verifications': bareRow(turns, ({ argon2 }) => argon2.perSecond),
    logins: row(turns, ({ logins }) => logins, ({ argon2 }) => argon2.perSecond),
    [`bare inserts, ${median(turns.map(({ batch }) => batch))} a transaction`]: bareRow(turns, ({ bare }) => bare.perSecond),
    'bare RS256 signatures': bareRow(turns, ({ signatures }) => signatures.perSecond),
    'an insert and a signature': bareRow(turns, ({ least }) => least),
    refreshes: row(turns, ({ refreshed }) => refreshed, ({ least }) => least),
  });
};

export const benchSessions = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 7);
    const seconds = setting('BENCH_SECONDS', 2);
    const server = use(await startCounted(entry));
    const visitors = await createVisitors(server, setting('BENCH_VISITORS', 64));
    const sessions = { tokens: [] };
    for (const { email } of visitors.slice(0, AT_ONCE)) sessions.tokens.push((await logIn(server, email)).refreshToken);
    const bench = { server, load: use(startLoad()), refreshes: use(startLoad({ script: 'refresh-load.mjs' })), inserts: use(startInserts()), crypto: use(startCrypto()), visitors, sessions, seconds };
    await turn({ ...bench, seconds: WARM_UP_SECONDS });
    const turns = [];
    for (let each = 0; each < rounds; each += 1) turns.push(await turn(bench));
    printMachine();
    console.log(`${rounds} turns of ${seconds} s, ${AT_ONCE} clients; medians (extremes), ratios within a turn as median [middle half] (extremes)`);
    console.log('\nLogins beside bare password checks; refreshes beside an insert and a signature, one after the other on the same core');
    print(turns);
  });
