import { describe, expect, it } from 'vitest';
import { Lifecycle } from './lifecycle.js';
import { createPino } from './logging.js';

const recorded = () => {
  const acts: string[] = [];
  const lifecycle = new Lifecycle(createPino('silent'));
  const step = (name: string, failsToStop = false) =>
    lifecycle.start(
      name,
      () => {
        acts.push(`start ${name}`);
        return name.toUpperCase();
      },
      (started) => {
        acts.push(`stop ${started}`);
        if (failsToStop) throw new Error(`${name} is stuck`);
      },
    );
  return { acts, lifecycle, step };
};

describe('the lifecycle of a process', () => {
  it('stops in the reverse of the order of the start, with what each start returned', async () => {
    const { acts, lifecycle, step } = recorded();
    for (const name of ['a', 'b', 'c']) await step(name);
    await lifecycle.stop();
    expect(acts).toEqual(['start a', 'start b', 'start c', 'stop C', 'stop B', 'stop A']);
  });

  it('waits for each step before the next, in both directions', async () => {
    const acts: string[] = [];
    const lifecycle = new Lifecycle(createPino('silent'));
    const slowly = (act: string) => async () => {
      await Promise.resolve();
      await Promise.resolve();
      acts.push(act);
    };
    await lifecycle.start('slow', slowly('slow starts'), slowly('slow stops'));
    await lifecycle.start('fast', () => void acts.push('fast starts'), slowly('fast stops'));
    await lifecycle.stop();
    expect(acts).toEqual(['slow starts', 'fast starts', 'fast stops', 'slow stops']);
  });

  it('stops once, however often it is asked', async () => {
    const { acts, lifecycle, step } = recorded();
    await step('a');
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(acts).toEqual(['start a', 'stop A']);
  });

  it('stops the other steps when one fails to stop, and rejects with its error', async () => {
    const { acts, lifecycle, step } = recorded();
    await step('a');
    await step('b', true);
    await step('c');
    await expect(lifecycle.stop()).rejects.toThrow('b is stuck');
    expect(acts.slice(3)).toEqual(['stop C', 'stop B', 'stop A']);
  });

  it('a start that fails stops what had started, and keeps its own reason', async () => {
    const { acts, lifecycle, step } = recorded();
    const starting = lifecycle.orStop(async () => {
      await step('a');
      await step('b', true);
      await lifecycle.start(
        'c',
        () => Promise.reject(new Error('no c here')),
        () => void acts.push('stop c'),
      );
    });
    await expect(starting).rejects.toThrow('no c here');
    expect(acts).toEqual(['start a', 'start b', 'stop B', 'stop A']);
  });
});
