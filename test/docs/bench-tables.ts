import { join } from 'node:path';
import type { Figure } from '@bench/harness/figures.js';
import { type Measured, readResults, type Results } from '@bench/harness/results-file.js';
import { ROOT } from '@test/support/project/code-blocks.js';

const RESULTS = join(ROOT, 'bench/results.json');
const CORES: Readonly<Record<number, string>> = { 1: 'one-core', 2: 'two-core', 4: 'four-core', 8: 'eight-core' };
const FERRETDB = 'FerretDB';

const grouped = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+$)/g, ' ');

const shownRatio = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

const shown = ({ value, unit }: Figure): string => {
  switch (unit) {
    case 'ratio':
    case 'leases':
      return shownRatio(value);
    case 's':
      return `${value.toFixed(2)} s`;
    case 'ms':
      return `${value < 10 ? String(Number(value.toFixed(1))) : value.toFixed(0)} ms`;
    default:
      return grouped(Math.round(value));
  }
};

/** Takes out of the results what README shows; throws for a figure that is missing. */
class ShownResults {
  readonly #results: Results;

  constructor(results: Results) {
    this.#results = results;
  }

  /** The machine and version that all results are from: figures of two machines in one table would be compared. */
  get measured(): Measured {
    const all = Object.values(this.#results).map(({ measured }) => measured);
    const [first] = all;
    const isSame = (other: Measured): boolean => other.cores === first?.cores && other.node === first.node;
    if (first === undefined || !all.every(isSame)) throw new Error('bench/results.json has figures of several machines, or none: run all benches on one.');
    return first;
  }

  figure(bench: string, name: string): Figure {
    const found = this.#results[bench]?.figures[name];
    if (found === undefined) throw new Error(`bench/results.json has no ${name} of ${bench}.`);
    return found;
  }

  has(bench: string, name: string): boolean {
    return this.#results[bench]?.figures[name] !== undefined;
  }

  text(bench: string, name: string): string {
    return shown(this.figure(bench, name));
  }

  /** What stood for MongoDB; throws when it was not the same for all. */
  get mongoServer(): string {
    const names = new Set(Object.values(this.#results).flatMap(({ mongoServer }) => mongoServer ?? []));
    const [name] = names;
    if (name === undefined || names.size > 1)
      throw new Error('bench/results.json has figures of several servers as MongoDB, or none: run all benches with one.');
    return name;
  }
}

type Line = readonly string[];

const table = (head: Line, rows: readonly Line[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
    .replaceAll('|  |', '| |');

const validateSentence = (results: ShownResults): string => {
  const { cores, node } = results.measured;
  const machine = `${CORES[cores] ?? `${String(cores)}-core`} machine with Node ${node.split('.').slice(0, 2).join('.')}`;
  const { value, quartiles: [lower, upper] = [Number.NaN, Number.NaN], rounds } = results.figure('validate', 'toBare');
  const middle = `median of ${String(rounds)} rounds, middle half ${shownRatio(lower)} to ${shownRatio(upper)}`;
  return (
    `On a ${machine} Keyfence answered ${results.text('validate', 'validations')} validations a second on one core, ` +
    `${shownRatio(value)} of bare \`node:http\` (${middle});\nFastify came to ${results.text('validate', 'fastifyToBare')} in the same run. The aim is 0.9. ` +
    'Rounds differ much, so take the ratio of your own machine. `npm run bench -- --help` lists the others:'
  );
};

const standaloneRows = (results: ShownResults): readonly Line[] => {
  const of = (bench: string, ...names: readonly string[]): string => names.map((name) => results.text(bench, name)).join('; ');
  const creates = ['createsOf1Client', 'createsOf8Clients', 'createsOf64Clients'].map((name) => results.text('commands', name)).join(', ');
  const millions = (results.figure('scale', 'keys').value / 1_000_000).toFixed(1);
  return [
    [
      '`garbage`',
      '90 % tokens with a wrong checksum; 90 % made-up ones with a right checksum; against good ones only',
      of('garbage', 'wrongChecksum', 'unknownRightChecksum'),
    ],
    ['`usage`', 'counting on against a copy of the server in which it does nothing', of('usage', 'onToOff')],
    [
      '`cascade`',
      `validations while ${of('cascade', 'keys')} keys of a blocked user are written down, against before`,
      `${of('cascade', 'during')}; the block itself took ${of('cascade', 'block')}`,
    ],
    [
      '`commands`',
      'creates a second with 1, 8, 64 clients; a block',
      `${creates}; ${of('commands', 'blockP50')}, ${of('commands', 'blockP99')} for the slowest of a hundred`,
    ],
    [
      '`public-verify`',
      '`/api/v1/public/verify` against a bare `node:http` server that checks the same JWT and digests the same key',
      `${of('public-verify', 'verifications')} a second, ${of('public-verify', 'toBare')}; the aim is 0.7. It goes through the web framework, unlike a validation`,
    ],
    [
      '`sessions`',
      'logins against bare argon2id, refreshes against a bare durable insert and a bare signature',
      `${of('sessions', 'logins')} logins a second, ${of('sessions', 'loginsToBare')}; ${of('sessions', 'refreshes')} refreshes a second, ${of('sessions', 'refreshesToBare')}`,
    ],
    [
      '`scale`',
      `process start to the first *valid*, with ${millions} million keys in the log`,
      `${of('scale', 'firstValid')}; ${of('scale', 'firstValidWithoutReadModels')} when the read models were deleted`,
    ],
  ];
};

const coldResult = (results: ShownResults): string => {
  const of = (name: string): string => results.text('services-cold', name);
  const fills = (name: string): string => (of(name) === '0' ? 'none' : of(name));
  const empty = `${of('keys')} keys: ${fills('fillsRedisEmpty')} fills from keys, p99 ${of('p99RedisEmpty')}`;
  return `${empty}; ${fills('fillsRedisWarm')}, p99 ${of('p99RedisWarm')}`;
};

const changeResult = (results: ShownResults): string => {
  const of = (name: string): string => results.text('services-change', name);
  const lookUps = results.has('services-change', 'toBareWithLookUp')
    ? `, because each command reads the whole log for a tag; ${of('toBareWithLookUp')} with one such read added to the bare work`
    : '';
  return `${of('toBare')}${lookUps}; ${of('longestAfterKill')} of a lease`;
};

const quietResult = (results: ShownResults): string => {
  const of = (name: string): string => results.text('services-quiet', name);
  const others = of('kindsOfAnythingElse') === '0' ? 'nothing else' : `${of('kindsOfAnythingElse')} kinds of other messages`;
  return `${of('validations')} validations: ${of('renewals')} renewals, ${of('flushes')} flushes, ${of('pings')} pings, ${of('acknowledgements')} acknowledgements, ${others}`;
};

const commandsResult = (results: ShownResults): string => {
  const rates = ['createsOf1Client', 'createsOf8Clients', 'createsOf64Clients'].map((name) => results.text('services-commands', name)).join(', ');
  return results.mongoServer === FERRETDB ? `${rates} (a create reads the log twice: the store's limit, not ours)` : rates;
};

const servicesRows = (results: ShownResults): readonly Line[] => {
  const quietSeconds = results.figure('services-quiet', 'seconds').value;
  return [
    [
      '`services-validate`',
      'one validation process, all from memory: over HTTP beside bare `node:http`, over NATS beside a bare responder with the same work',
      '0.9; 0.7',
      `${results.text('services-validate', 'httpToBare')}; ${results.text('services-validate', 'natsToBare')}`,
    ],
    [
      '`services-cold`',
      `a new validation process under ${results.text('services-cold', 'rate')} validations a second: what it asks Redis and keys for, and how long answers take, with Redis empty and warm`,
      '',
      coldResult(results),
    ],
    [
      '`services-change`',
      'a revoke with three validation processes beside a bare append and a bare round trip; then with one of them killed, until it is out of the registry',
      'twice as long at most; at most one lease',
      changeResult(results),
    ],
    [
      '`services-quiet`',
      `what a validation process sends in ${String(quietSeconds)} s of answers from memory`,
      'renewals, a flush of usage a second, pings; nothing for each validation',
      quietResult(results),
    ],
    [
      '`services-commands`',
      'creates a second at 1, 8 and 64 clients with one replica of keys and with two, beside bare inserts into the same store; the longest wait',
      '',
      commandsResult(results),
    ],
  ];
};

const SERVICES = `The four services as processes of their own (\`npm run stack\`), each bench by its name only. They start NATS, Redis and MongoDB on this machine, or what
\`npm run stack:install\` puts in their place, and print which; with the stand-in for MongoDB only ratios mean something:`;

/** What README says about the results of the benches, from bench/results.json. */
export const benchTables = (): string => {
  const results = new ShownResults(readResults(RESULTS));
  const machine = results.mongoServer === 'MongoDB' ? 'That machine' : `That machine, with ${results.mongoServer} for MongoDB`;
  return [
    validateSentence(results),
    table(['Bench', 'What it compares', 'That machine'], standaloneRows(results)),
    SERVICES,
    table(['Bench', 'What it measures', 'Aim', machine], servicesRows(results)),
  ].join('\n\n');
};
