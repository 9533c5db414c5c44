import { expect, it } from 'vitest';
import { ManualClock } from './manual-clock.js';

it('sleepers wake at their own moments, and those of one moment in the order in which they went to sleep', async () => {
  const clock = new ManualClock();
  const began = clock.mono();
  const woken: (readonly [name: string, atMs: number])[] = [];
  const sleeps = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push([name, clock.mono() - began]);
  };
  const all = [sleeps('late', 30), sleeps('first', 10), sleeps('second', 10), sleeps('third', 10), sleeps('soon', 1).then(() => sleeps('again', 9))];
  await clock.advance(29);
  expect(woken).toEqual([
    ['soon', 1],
    ['first', 10],
    ['second', 10],
    ['third', 10],
    ['again', 10],
  ]);
  await clock.advance(1);
  await Promise.all(all);
  expect(woken.at(-1)).toEqual(['late', 30]);
});

it('a sleep ends at once with its signal, and nothing wakes while time passes without an advance', async () => {
  const clock = new ManualClock();
  const ending = new AbortController();
  const woken: string[] = [];
  void clock.sleep(5).then(() => woken.push('slept'));
  const aborted = clock.sleep(1_000, ending.signal).then(() => woken.push('aborted'));
  clock.pass(10);
  ending.abort();
  await aborted;
  expect(woken).toEqual(['aborted']);
  await clock.advance(0);
  expect(woken).toEqual(['aborted', 'slept']);
});
