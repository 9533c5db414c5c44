import type { Commit } from '@app/ports';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { parseExposition, valueOf } from '@test/support/observed/exposition.js';
import { observeLog } from './log-sources.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** Answers, fails or stays silent as the test says. */
class Store {
  asked = 0;
  answer: () => Promise<Commit | null> = () => Promise.resolve(null);
  readHead(): Promise<Commit | null> {
    this.asked += 1;
    return this.answer();
  }
}
const commitAt = (pos: number): Commit => ({ pos, hash: '', prev: '', tags: [], body: '' });

describe('the log of a process', () => {
  let clock: ManualClock;
  let store: Store;
  let tail: { started: boolean; applied: number };
  let metrics: Metrics;
  let readiness: Readiness;
  beforeEach(() => {
    [clock, store, tail, metrics, readiness] = [new ManualClock(), new Store(), { started: true, applied: 0 }, new Metrics(), new Readiness()];
    observeLog(metrics, readiness, { log: store, tail, clock });
  });
  const lag = async (): Promise<readonly (number | undefined)[]> => {
    const families = parseExposition(await metrics.text());
    return ['keyfence_log_head', 'keyfence_log_applied', 'keyfence_log_lag'].map((name) => valueOf(families, name));
  };

  it('lags by what the store has and this process has not applied', async () => {
    store.answer = () => Promise.resolve(commitAt(7));
    tail.applied = 5;
    expect(await lag()).toEqual([7, 5, 2]);
    expect(store.asked).toBe(1);
    tail.applied = 8;
    expect(await lag()).toEqual([7, 8, 0]);
    store.answer = () => Promise.resolve(null);
    tail.applied = 0;
    expect(await lag()).toEqual([0, 0, 0]);
  });

  it('whose store hangs does not hang a scrape: head and lag are absent, and the store is asked no second question', async () => {
    let release: (commit: Commit) => void = () => undefined;
    store.answer = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const scrapes = [lag(), lag()];
    const report = readiness.report();
    await clock.advance(999);
    await clock.advance(1);
    expect(await Promise.all(scrapes)).toEqual([
      [undefined, 0, undefined],
      [undefined, 0, undefined],
    ]);
    expect((await report).checks).toEqual({ log: 'The log did not answer within 1000 ms.' });
    const later = lag();
    await clock.advance(1_000);
    expect(await later).toEqual([undefined, 0, undefined]);
    expect(store.asked).toBe(1);
    release(commitAt(3));
    store.answer = () => Promise.resolve(commitAt(4));
    await clock.advance(0);
    expect(await lag()).toEqual([4, 0, 4]);
  });

  it('is ready when it is followed and the store answers', async () => {
    expect((await readiness.report()).ready).toBe(true);
    tail.started = false;
    expect((await readiness.report()).checks).toEqual({ log: 'The log is not followed yet.' });
    tail.started = true;
    store.answer = () => Promise.reject(new Error('down'));
    expect((await readiness.report()).checks).toEqual({ log: 'The log did not answer within 1000 ms.' });
    expect(await lag()).toEqual([undefined, 0, undefined]);
  });
});
