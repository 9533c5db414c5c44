import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { NestPinoLogger } from '../logging.js';
import { parseExposition, valueOf } from '@test/support/observed/exposition.js';
import { LoggedLines } from '@test/support/observed/logged-lines.js';
import { Metrics } from './metrics.js';

afterEach(() => Logger.overrideLogger(['error', 'warn']));

const told = async (metrics: Metrics) => parseExposition(await metrics.text());

describe('a metric', () => {
  it('is read from its owner when a scraper asks, and not before', async () => {
    const metrics = new Metrics();
    let [asked, value] = [0, 3];
    metrics.gauge('a', 'A.', () => {
      asked += 1;
      return value;
    });
    metrics.counter('b_total', 'B.', () => value * 2);
    metrics.counters('c_total', 'C.', 'kind', () => ({ x: value, y: 0 }));
    expect(asked).toBe(0);
    const first = await told(metrics);
    expect([valueOf(first, 'a'), valueOf(first, 'b_total'), valueOf(first, 'c_total', { kind: 'x' }), valueOf(first, 'c_total', { kind: 'y' })]).toEqual([
      3, 6, 3, 0,
    ]);
    value = 4;
    const second = await told(metrics);
    expect([valueOf(second, 'a'), valueOf(second, 'b_total'), valueOf(second, 'c_total', { kind: 'x' })]).toEqual([4, 8, 4]);
    expect(asked).toBe(2);
  });

  it('is the same for everyone who asks at once', async () => {
    const metrics = new Metrics();
    metrics.counter('b_total', 'B.', () => 7);
    metrics.gauge('a', 'A.', async () => Promise.resolve(5));
    for (const families of await Promise.all([told(metrics), told(metrics), told(metrics)]))
      expect([valueOf(families, 'a'), valueOf(families, 'b_total')]).toEqual([5, 7]);
  });

  it('without a value now is absent, with its HELP and TYPE, and comes back', async () => {
    const metrics = new Metrics();
    let value: number | null = null;
    metrics.gauge('a', 'A.', () => value);
    const families = await told(metrics);
    expect([families.get('a')?.type, valueOf(families, 'a')]).toEqual(['gauge', undefined]);
    value = 0;
    expect(valueOf(await told(metrics), 'a')).toBe(0);
  });

  it('whose source breaks is absent, the others are there, and the log names it', async () => {
    const logged = new LoggedLines();
    Logger.overrideLogger(new NestPinoLogger(logged.pino));
    const metrics = new Metrics();
    const broken = (): never => {
      throw new Error('out of order');
    };
    metrics.gauge('a', 'A.', broken);
    metrics.counter('b_total', 'B.', broken);
    metrics.counters('c_total', 'C.', 'kind', broken);
    metrics.gauge('d', 'D.', () => 1);
    const families = await told(metrics);
    expect([...families.keys()].map((name) => [name, families.get(name)?.samples.length])).toEqual([
      ['a', 0],
      ['b_total', 0],
      ['c_total', 0],
      ['d', 1],
    ]);
    expect(logged.messages).toEqual(['a', 'b_total', 'c_total'].map((name) => `${name} could not be read: out of order`));
  });

  it('of several sources has a value for each', async () => {
    const metrics = new Metrics();
    metrics.partOfGauge('lag', 'L.', 'projection', 'keys', () => 1);
    metrics.partOfGauge('lag', 'L.', 'projection', 'directory', () => 2);
    const families = await told(metrics);
    expect([valueOf(families, 'lag', { projection: 'keys' }), valueOf(families, 'lag', { projection: 'directory' })]).toEqual([1, 2]);
  });

  it('that is counted here is one counter for all callers', async () => {
    const metrics = new Metrics();
    for (const _ of [1, 2]) metrics.occurrences('requests_total', 'R.', ['route', 'status'])('GET /a/{id}', '2xx');
    for (const ms of [1, 30]) metrics.durations('took_ms', 'T.', [5, 50])(ms);
    const families = await told(metrics);
    expect(valueOf(families, 'requests_total', { route: 'GET /a/{id}', status: '2xx' })).toBe(2);
    expect([valueOf(families, 'took_ms_bucket', { le: '5' }), valueOf(families, 'took_ms_bucket', { le: '50' }), valueOf(families, 'took_ms_count')]).toEqual([
      1, 2, 2,
    ]);
  });
});

it('the reader of the specs refuses what is not an exposition', () => {
  const good = '# HELP a A.\n# TYPE a gauge\na{b="c{d}, \\"e\\""} 1\n';
  expect(parseExposition(good).get('a')?.samples).toEqual([{ name: 'a', labels: { b: 'c{d}, \\"e\\"' }, value: 1 }]);
  for (const bad of [
    'a 1\n',
    '# HELP a A.\na 1\n',
    `${good}a{b="c{d}, \\"e\\""} 2\n`,
    good.replace(' 1', ' one'),
    good.replace('b="', 'b='),
    good.trimEnd(),
    `${good}z 1\n`,
  ]) {
    expect(() => parseExposition(bad), bad).toThrow(/./);
  }
});
