import { beforeAll, describe, expect, it } from 'vitest';
import { BACKEND_ENDPOINTS, ERROR_ANSWERS } from '@app/http-api';
import { type CanaryReport, CanaryRun } from './canary-run.js';
import { ENDPOINT_CALLS } from './endpoint-calls.js';

const LEVELS = ['warn', 'trace'] as const;
let runs: Promise<readonly CanaryReport[]> | null = null;

it('the canary has a request for every endpoint, and for none that is not there', () => {
  expect(Object.keys(ENDPOINT_CALLS).toSorted()).toEqual(BACKEND_ENDPOINTS.map(({ id }) => id).toSorted());
});

/** Protects: of all secrets that a server is given, or gives out, none is to be found afterwards but where it was meant to go. */
describe.each(LEVELS)('after every endpoint and every error, at log level %s', (level) => {
  let report: CanaryReport;
  beforeAll(async () => {
    runs ??= Promise.all(LEVELS.map((logLevel) => new CanaryRun({ logLevel, thorough: logLevel === 'warn' }).report()));
    const found = (await runs)[LEVELS.indexOf(level)];
    if (found === undefined) throw new Error(`There is no run at ${level}.`);
    report = found;
  }, 480_000);

  it('every endpoint returned 200 for each of its methods and paths, and every refusal was provoked', () => {
    const ways = BACKEND_ENDPOINTS.flatMap(({ methods, paths }) => methods.flatMap((method) => paths.map((path) => `${method} ${path}`)));
    expect(report.shown.endpoints.toSorted()).toEqual(ways.toSorted());
    expect(report.shown.refusals.toSorted()).toEqual(Object.keys(ERROR_ANSWERS).toSorted());
    expect(report.shown.statuses).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 409, 413, 426, 429, 431, 500, 503]));
    expect(report.shown.planted).toBeGreaterThan(500);
  });

  it('what is not a secret is found in the files and in the heap by the same searches, deep in a long text too', () => {
    expect(report.shown.controlsInFiles).toEqual(expect.arrayContaining([expect.stringMatching(/^log\.db/), expect.stringMatching(/^views\.db/)]));
    expect(report.shown.controlsInHeap).toEqual(expect.arrayContaining(['control', 'deep control']));
    expect(report.shown.printed).toContain('a planted fault');
    if (level === 'trace') expect(report.shown.printed).toContain('Nest application successfully started');
  });

  it('no answer but the one that issues a secret shows it, in its body or in a header', () => {
    expect(report.found.answers).toEqual([]);
  });

  it('no metric, and no answer about health or readiness, shows a secret', () => {
    expect(report.found.answers).toEqual([]);
    expect(report.shown.metrics).toMatch(/^keyfence_undecided_total /m);
  });

  it('no secret was printed after the greeting of the first start', () => {
    expect(report.found.printed).toEqual([]);
    expect(report.shown.printed).not.toMatch(/Backend key:/);
  });

  it('no secret is in a file: not while the server runs, not after its end, not after a kill', () => {
    expect(report.found.files).toEqual([]);
  });

  it('no secret is in what the system shows of the process', () => {
    expect(report.found.process).toEqual([]);
  });

  // Taken after all connections were closed and one more request, without a secret, was answered.
  it('no secret that came with a request, or was issued by one or at the first start, is in the heap after it', () => {
    expect(report.found.heap).toEqual([]);
  });
});
