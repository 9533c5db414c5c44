// What do tokens that were never issued cost those that were? The same server under loads of which nine in ten are garbage, beside
// one of good tokens only. BENCH_GARBAGE changes how many different tokens there are of each kind.
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { median, setting, shuffled } from './numbers.mjs';
import { scoped, startLoad } from './processes.mjs';
import { printResults, runRounds } from './rounds.mjs';
import { createKeys, requestText, startStandalone } from './standalone.mjs';

const GARBAGE_OF_TEN = 9;
const PATTERN_LENGTH = 1_000;
/** Longer than any token, and well below the limit for bodies. */
const TOO_LONG_BYTES = 4_000;

const hex = (bytes) => randomBytes(bytes).toString('hex');
const checksumOf = (text) => crc32(text).toString(16).padStart(8, '0');
const otherDigit = (digit) => (digit === '0' ? '1' : '0');

const KINDS = {
  /** A typing error, or noise of the right shape: seen from the text alone, never looked up. */
  'wrong checksum': () => {
    const text = hex(44);
    const sum = checksumOf(text);
    return text + otherDigit(sum[0]) + sum.slice(1);
  },
  /** A token of another maker. */
  'other text': () => `sk_live_${randomBytes(24).toString('base64url')}`,
  empty: () => '',
  'too long': () => hex(TOO_LONG_BYTES / 2),
  /** Of the right shape with the right checksum, which anybody can compute: only a strong read can say that it is unknown. */
  'unknown, right checksum': () => {
    const text = hex(44);
    return text + checksumOf(text);
  },
};
/** What a scanner and a few broken clients may send; unknown tokens are the rare ones among them. */
const MIX = { 'wrong checksum': 50, 'other text': 30, empty: 5, 'too long': 5, 'unknown, right checksum': 10 };


/** Kind 0 is the good one; `shares` are those of the others among the garbage. Shuffled, so that connections do not fall into step. */
const patternOf = (shares) => {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const garbage = (PATTERN_LENGTH * GARBAGE_OF_TEN) / 10;
  const kinds = shares.flatMap((share, index) => Array.from({ length: Math.round((garbage * share) / whole) }, () => index + 1));
  return shuffled([...kinds, ...Array.from({ length: PATTERN_LENGTH - garbage }, () => 0)]);
};

const loadsOf = (server, good, count) => {
  const kindOf = (name) => ({ name, expectedStatus: 400, requests: Array.from({ length: count }, () => requestText(server.backendKey, KINDS[name]())) });
  const goodKind = { name: 'good', expectedStatus: 200, requests: good };
  const roundOf = (shares) => ({ kinds: [goodKind, ...Object.keys(shares).map(kindOf)], pattern: patternOf(Object.values(shares)) });
  return {
    'good tokens only': { kinds: [goodKind], pattern: [0] },
    '90 % wrong checksum': roundOf({ 'wrong checksum': 1 }),
    '90 % other text': roundOf({ 'other text': 1 }),
    '90 % a mix (below)': roundOf(MIX),
    '90 % unknown, right checksum': roundOf({ 'unknown, right checksum': 1 }),
  };
};

const goodColumns = (rows) => {
  const of = (field) => rows.map(({ kinds }) => kinds.good[field]).filter((value) => value !== null);
  return { 'good p50 ms': median(of('p50Ms')).toFixed(2), 'good p99 ms': median(of('p99Ms')).toFixed(2) };
};

export const benchGarbage = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 9);
    const size = { seconds: setting('BENCH_SECONDS', 1), connections: setting('BENCH_CONNECTIONS', 64) };
    const server = use(await startStandalone(entry));
    const good = (await createKeys(server, setting('BENCH_KEYS', 200))).map(({ token }) => requestText(server.backendKey, token));
    const loads = loadsOf(server, good, setting('BENCH_GARBAGE', 1_000));
    const subjects = Object.entries(loads).map(([name, round]) => ({ name, ...server, round }));
    const results = await runRounds(use(startLoad()), subjects, size, rounds, { warmUpSeconds: setting('BENCH_WARM_UP_SECONDS', 4) });
    console.log('\nValidations a second of all tokens, good and garbage. Expected of 90 % garbage: a ratio of 0.9 or more to good tokens only.');
    printResults(results, size, rounds, goodColumns);
    console.log(`The mix, in percent of the garbage: ${Object.entries(MIX).map(([name, share]) => `${name} ${share}`).join(', ')}.`);
    console.log('Unknown tokens with a right checksum are the dear kind: each is read at a head of the log probed after its request came.');
  });
