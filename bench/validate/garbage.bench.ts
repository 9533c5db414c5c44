// What do tokens that were never issued cost those that were? The same server under loads of which nine in ten are garbage, beside
// one of good tokens only. BENCH_GARBAGE changes how many different tokens there are of each kind.
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createKeys, validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { ratios } from '../harness/figures.js';
import { type HttpResult, type HttpRound, startLoad } from '../harness/load-protocol.js';
import { median, setting, shuffled } from '../harness/numbers.js';
import { scoped } from '../harness/processes.js';
import { lanesOf, printResults, ratiosOf, resultsOf, type Row, runRounds } from '../harness/rounds.js';
import { type StandaloneServer, startStandalone } from '../harness/standalone.js';

const GARBAGE_OF_TEN = 9;
const PATTERN_LENGTH = 1_000;
/** Longer than any token, and well below the limit for bodies. */
const TOO_LONG_BYTES = 4_000;
const GOOD = 'good tokens only';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const checksumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0');

const KINDS = {
  /** A typing error, or noise of the right shape: seen from the text alone, never looked up. */
  'wrong checksum': () => {
    const text = hex(44);
    const sum = checksumOf(text);
    return `${text}${sum.startsWith('0') ? '1' : '0'}${sum.slice(1)}`;
  },
  /** A token of another maker. */
  'other text': () => `sk_live_${randomBytes(24).toString('base64url')}`,
  empty: () => '',
  'too long': () => hex(TOO_LONG_BYTES / 2),
  /** Of the right shape with the right checksum, which is not a secret: only a strong read can say that it is unknown. */
  'unknown, right checksum': () => {
    const text = hex(44);
    return text + checksumOf(text);
  },
} as const;

type Kind = keyof typeof KINDS;
type Shares = Readonly<Partial<Record<Kind, number>>>;

/** What a scanner and a few broken clients may send; unknown tokens are the rare ones among them. */
const MIX: Shares = { 'wrong checksum': 50, 'other text': 30, empty: 5, 'too long': 5, 'unknown, right checksum': 10 };

/** By the name of the load. */
const LOADS: Readonly<Record<string, Shares>> = {
  '90 % wrong checksum': { 'wrong checksum': 1 },
  '90 % other text': { 'other text': 1 },
  '90 % a mix (below)': MIX,
  '90 % unknown, right checksum': { 'unknown, right checksum': 1 },
};

/** Kind 0 is the good one; `shares` are those of the others among the garbage. Shuffled, so that connections do not fall into step. */
const patternOf = (shares: readonly number[]): readonly number[] => {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const garbage = (PATTERN_LENGTH * GARBAGE_OF_TEN) / 10;
  const kinds = shares.flatMap((share, index) => Array.from({ length: Math.round((garbage * share) / whole) }, () => index + 1));
  return shuffled([...kinds, ...Array.from({ length: PATTERN_LENGTH - garbage }, () => 0)]);
};

const loadsOf = ({ backendKey }: StandaloneServer, good: readonly string[], count: number): readonly (readonly [string, Partial<HttpRound>])[] => {
  const goodKind = { name: 'good', expectedStatus: 200, requests: good };
  const kindOf = (name: Kind) => ({ name, expectedStatus: 400, requests: Array.from({ length: count }, () => validateText(backendKey, KINDS[name]())) });
  const roundOf = (shares: Shares): Partial<HttpRound> => ({
    kinds: [goodKind, ...(Object.keys(shares) as Kind[]).map(kindOf)],
    pattern: patternOf(Object.values(shares)),
  });
  return [[GOOD, { kinds: [goodKind] }], ...Object.entries(LOADS).map(([name, shares]) => [name, roundOf(shares)] as const)];
};

const goodColumns = (rows: readonly HttpResult[]): Row => {
  const of = (field: 'p50Ms' | 'p99Ms'): string => median(rows.flatMap(({ kinds }) => kinds['good']?.[field] ?? [])).toFixed(2);
  return { 'good p50 ms': of('p50Ms'), 'good p99 ms': of('p99Ms') };
};

export const benchGarbage: RunBench = () =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 9);
    const [seconds, connections] = [setting('BENCH_SECONDS', 1), setting('BENCH_CONNECTIONS', 64)];
    const server = use(await startStandalone());
    const good = (await createKeys(server, setting('BENCH_KEYS', 200))).map(({ token }) => validateText(server.backendKey, token));
    const loads = loadsOf(server, good, setting('BENCH_GARBAGE', 1_000));
    const subjects = loads.map(([name, round]) => ({ name, port: server.port, process: server.process, round }));
    const results = await runRounds(use(startLoad()), subjects, { seconds, connections }, { rounds, warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 4) });
    console.log('\nValidations a second of all tokens, good and garbage. Expected of 90 % garbage: a ratio of 0.9 or more to good tokens only.');
    printResults(results, { rounds, seconds, lanes: lanesOf(connections), columnsOf: goodColumns });
    console.log(
      `The mix, in percent of the garbage: ${Object.entries(MIX)
        .map(([name, share]) => `${name} ${String(share)}`)
        .join(', ')}.`,
    );
    console.log('Unknown tokens with a right checksum are the dear kind: each is read at a head of the log probed after its request came.');
    const toGood = (name: string) => ratios(ratiosOf(resultsOf(results, name), resultsOf(results, GOOD)));
    return {
      figures: {
        wrongChecksum: toGood('90 % wrong checksum'),
        otherText: toGood('90 % other text'),
        mix: toGood('90 % a mix (below)'),
        unknownRightChecksum: toGood('90 % unknown, right checksum'),
      },
    };
  });
