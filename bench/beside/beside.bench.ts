// How much does a neighbor slow validations down? One validation in memory is asked every 10 ms without waiting for the one before: alone, beside
// logins of unknown callers, beside lists of a large organization, and while another program holds the write lock of each database file.
// BENCH_BEFORE: the standalone/main.js of another build, which is measured instead. BENCH_SECONDS (30), BENCH_LISTED_KEYS (10 000) change the size.
import { join } from 'node:path';
import { createKeys, createUser, jsonText, KEYS_PATH, post, V1, validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { logIn } from '../harness/end-users.js';
import { type Figures, once, ratios } from '../harness/figures.js';
import { type HttpLoad, type HttpResult, type HttpRound, ofOneKind, startLoad } from '../harness/load-protocol.js';
import { quantile, setting } from '../harness/numbers.js';
import { ANY_CORE, cpuMicros, LOAD_CORE, scoped, startPart, type Use } from '../harness/processes.js';
import { printMachine } from '../harness/rounds.js';
import { type StandaloneServer, startStandalone } from '../harness/standalone.js';
import type { HoldLocks } from './lock-holder-protocol.js';
import { requestText } from '@test/support/clients/http-connection.js';

const EVERY_MS = 10;
/** So many may be under way at once before one waits for a connection. */
const CONNECTIONS = 64;
const CALLERS = 32;
const ADDRESSES = 20_000;
const LISTERS = 4;
const HOLD_MS = 5_000;
const PASSWORD = 'a long enough password';

interface Neighbor {
  readonly name: string;
  /** Makes noise until it is told to end; says what it got done. */
  readonly start: (seconds: number) => Promise<() => Promise<string>>;
}

interface Bench {
  readonly server: StandaloneServer;
  readonly load: HttpLoad;
  readonly validations: Partial<HttpRound>;
  readonly seconds: number;
}

/** The load's own share of its core is printed: what it adds to a latency is not the server's. */
const measureBeside = async ({ server, load, validations, seconds }: Bench, neighbor: Neighbor | null): Promise<HttpResult> => {
  const end = await neighbor?.start(seconds);
  const before = cpuMicros(server.process);
  const result = await load.run({ ...(validations as HttpRound), port: server.port, seconds });
  const busy = (cpuMicros(server.process) - before) / 1_000 / result.elapsedMs;
  const done = (await end?.()) ?? '';
  const at = (share: number): string => quantile(result.latenciesMs, share).toFixed(2);
  const name = neighbor?.name ?? 'alone';
  console.log(
    `${name}: ${String(result.answers)} answers, ${String(result.unexpected)} not 200, p50 ${at(0.5)} ms, p90 ${at(0.9)}, p99 ${at(0.99)}, slowest ${at(1)}`,
  );
  console.log(
    `  main thread busy ${(100 * busy).toFixed(0)} %${done === '' ? '' : `; ${done}`}${result.lastUnexpected === null ? '' : `; ${result.lastUnexpected}`}`,
  );
  return result;
};

const perSecond = ({ answers, elapsedMs }: HttpResult): string => ((answers * 1_000) / elapsedMs).toFixed(1);

/** A load of requests that are under way all the time, on the core of the other load. */
const noise = (use: Use, server: StandaloneServer, name: string, connections: number, requests: readonly string[]): Neighbor => {
  const load = use(startLoad(LOAD_CORE));
  return {
    name,
    start: async (seconds) => {
      const round = load.run({ port: server.port, connections, seconds: seconds + 1, ...ofOneKind(requests) });
      return async () => {
        load.endRound();
        const result = await round;
        return `${perSecond(result)} answers of the neighbor a second, ${String(result.unexpected)} of them not 200, the last ${result.lastUnexpected?.slice(0, 120) ?? '-'}`;
      };
    },
  };
};

const unknownCallers = (use: Use, server: StandaloneServer): Neighbor => {
  // Each from an address of its own: after a hundred wrong passwords an address costs nothing more.
  const texts = Array.from({ length: ADDRESSES }, (_, index) =>
    jsonText(
      'POST',
      '/api/fe/v3/login',
      { 'x-csrf-token': '-.-', 'x-forwarded-for': `10.0.${String(index >> 8)}.${String(index & 255)}` },
      { email: `caller-${String(index)}@example.test`, password: PASSWORD },
    ),
  );
  return noise(use, server, `${String(CALLERS)} logins of unknown callers in flight, from as many addresses`, CALLERS, texts);
};

const lists = async (use: Use, server: StandaloneServer): Promise<Neighbor> => {
  const count = setting('BENCH_LISTED_KEYS', 10_000);
  const { org_id: orgId } = JSON.parse(await post(server, `${V1}/org/`, { name: 'Large' })) as { readonly org_id: string };
  const { url_safe_org_slug: slug } = JSON.parse(
    await (await fetch(`${server.origin}${V1}/org/${orgId}`, { headers: { authorization: `Bearer ${server.backendKey}` } })).text(),
  ) as { readonly url_safe_org_slug: string };
  const texts: string[] = [];
  for (let index = 0; index < LISTERS; index += 1) {
    const email = `lister-${String(index)}@example.test`;
    const userId = await createUser(server, { email, password: PASSWORD });
    await post(server, `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role: 'Owner' });
    const { accessToken } = await logIn(server, email);
    texts.push(
      requestText({ method: 'GET', path: '/api/v1/org/api-keys', headers: { host: '127.0.0.1', cookie: `access_token=${accessToken}`, 'x-org-slug': slug } }),
    );
  }
  for (let made = 0; made < count; made += 50) await Promise.all(Array.from({ length: 50 }, () => post(server, KEYS_PATH, { org_id: orgId })));
  return noise(use, server, `lists of ${String(count)} keys under way for ${String(LISTERS)} callers`, LISTERS, texts);
};

const locks = (use: Use, { dataDir }: StandaloneServer): Neighbor => {
  const holder = use(startPart('lock-holder', ANY_CORE));
  const files = ['log.db', 'views.db', 'usage.db'].map((name) => join(dataDir, name));
  return {
    name: 'another program holds the write lock of each file for 5 s, then of all three',
    start: (seconds) => {
      const once4 = [...files.map((file) => [file]), files];
      const turns = Array.from({ length: Math.ceil((seconds * 1_000) / (HOLD_MS * once4.length)) }, () => once4).flat();
      const held = holder.ask({ turns, holdMs: HOLD_MS } satisfies HoldLocks, (turns.length + 2) * HOLD_MS);
      return Promise.resolve(async () => {
        await held;
        return 'locks held';
      });
    },
  };
};

const compared = (quiet: HttpResult, noisy: HttpResult): Figures => {
  const ratio = (share: number): number => quantile(noisy.latenciesMs, share) / quantile(quiet.latenciesMs, share);
  return { p50: once(ratio(0.5), 'ratio'), p99: once(ratio(0.99), 'ratio') };
};

export const benchBeside: RunBench = () =>
  scoped(async (use) => {
    const entry = process.env['BENCH_BEFORE'] ?? '';
    const server = use(await startStandalone({ ...(entry === '' ? {} : { entry }), env: { TRUSTED_PROXIES: 'loopback' } }));
    const keys = (await createKeys(server, setting('BENCH_KEYS', 200))).map(({ token }) => validateText(server.backendKey, token));
    const neighbors = [unknownCallers(use, server), await lists(use, server), locks(use, server)];
    const bench: Bench = {
      server,
      load: use(startLoad()),
      validations: { connections: CONNECTIONS, rate: 1_000 / EVERY_MS, every: true, ...ofOneKind(keys) },
      seconds: setting('BENCH_SECONDS', 30),
    };
    printMachine();
    await measureBeside({ ...bench, seconds: 5 }, null);
    const quiet = await measureBeside(bench, null);
    const figures: Record<string, Figures> = {};
    for (const neighbor of neighbors) {
      const noisy = await measureBeside(bench, neighbor);
      figures[neighbor.name] = compared(quiet, noisy);
      const { p50, p99 } = compared(quiet, noisy);
      console.log(`  to quiet: p50 × ${String(p50?.value)}, p99 × ${String(p99?.value)} (expected: at most 3 and 5)`);
    }
    const again = await measureBeside(bench, null);
    console.log(`  alone again, to quiet: p99 × ${String(compared(quiet, again)['p99']?.value)}`);
    const of = (name: string, kind: string): number => Object.entries(figures).find(([key]) => key.includes(name))?.[1][kind]?.value ?? Number.NaN;
    return {
      figures: {
        loginsP50: ratios([of('unknown callers', 'p50')]),
        loginsP99: ratios([of('unknown callers', 'p99')]),
        listsP50: ratios([of('lists', 'p50')]),
        listsP99: ratios([of('lists', 'p99')]),
        locksP50: ratios([of('lock', 'p50')]),
        locksP99: ratios([of('lock', 'p99')]),
      },
    };
  });
