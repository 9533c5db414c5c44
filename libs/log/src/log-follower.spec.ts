import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock, settled } from '@test/support/clock/manual-clock.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { nodeJoined } from '@test/support/log/sample-events.js';
import { Writer } from '@test/support/log/writer.js';
import { FollowingEnds, LogFollower, type FollowerOptions } from './log-follower.js';

describe('a follower of the log', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** Works off positions one by one; `fail` throws in place of a step. */
  const following = async (options: Partial<FollowerOptions> = {}, fail: (step: number) => void = () => {}) => {
    const clock = new ManualClock();
    const writer = await Writer.start(new MemoryEventLog());
    const done: number[] = [];
    let steps = 0;
    let position = 0;
    const failures: unknown[] = [];
    const follower: LogFollower = new LogFollower(writer.tail, {
      clock,
      hasWork: () => position < writer.tail.applied,
      step: async () => {
        steps += 1;
        fail(steps);
        if (position === writer.tail.applied) return;
        position += 1;
        done.push(position);
        follower.reached(position);
      },
      retryMs: 100,
      onFailure: (error) => void failures.push(error),
      ...options,
    });
    follower.start();
    ends.push(
      () => follower.stop(),
      () => writer.stop(),
    );
    let written = 0;
    const write = () => writer.run(`c${(written += 1)}`, () => [nodeJoined(`n${written}`)]);
    return { clock, follower, write, done, failures, steps: () => steps };
  };

  it('sleeps until a commit is applied, and steps while there is work', async () => {
    const { write, done, steps } = await following();
    await settled();
    expect(steps()).toBe(0);
    for (let count = 0; count < 3; count += 1) await write();
    while (done.length < 3) await settled();
    expect(done).toEqual([1, 2, 3]);
  });

  it('does not wake for a commit in which there is no work', async () => {
    const { write, steps } = await following({ notice: () => false });
    await write();
    await settled();
    expect(steps()).toBe(0);
  });

  it('steps without a commit when its time has come', async () => {
    const { clock, steps } = await following({ idleMs: 10_000 });
    await clock.advance(9_999);
    expect(steps()).toBe(0);
    await clock.advance(1);
    expect(steps()).toBe(1);
  });

  it('tries a failed step again after its pause, and counts the failure', async () => {
    const { clock, write, follower, done, failures } = await following({}, (step) => {
      if (step === 1) throw new Error('the store');
    });
    await write();
    await settled();
    expect([done, failures.length, follower.failures]).toEqual([[], 1, 1]);
    await clock.advance(99);
    expect(done).toEqual([]);
    await clock.advance(1);
    expect(done).toEqual([1]);
  });

  it('pauses longer with each failure in a row up to a bound, and as short as at first after a success', async () => {
    const pauses: number[] = [];
    class NotingClock extends ManualClock {
      override sleep(ms: number, signal?: AbortSignal): Promise<void> {
        pauses.push(ms);
        return super.sleep(ms, signal);
      }
    }
    const clock = new NotingClock();
    const { write, done } = await following({ clock, lastRetryMs: 400 }, (step) => {
      if (step <= 4 || step === 6) throw new Error('the store');
    });
    await write();
    await write();
    while (done.length < 2) await clock.advance(1_000);
    expect(done).toEqual([1, 2]);
    for (const [index, ms] of [100, 200, 400, 400, 100].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(ms / 2);
      expect(pauses[index]).toBeLessThanOrEqual(ms * 1.5);
    }
  });

  it('ends at a step that says so, and calls none after it', async () => {
    const { write, steps, failures } = await following({}, () => {
      throw new FollowingEnds();
    });
    await write();
    await write();
    await settled();
    expect([steps(), failures]).toEqual([1, []]);
  });

  it('notices commits until the last step has ended, and tells those who still wait', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const noticed: number[] = [];
    let atTheEnd: readonly number[] = [];
    const { follower, write } = await following({
      step: () => held,
      notice: ({ pos }) => noticed.push(pos) > 0,
    });
    await write();
    const waiting = expect(follower.waitFor(9, 60_000)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const stopped = follower.stop(() => {
      atTheEnd = [...noticed];
    });
    await write();
    release();
    await stopped;
    await waiting;
    await write();
    expect([atTheEnd, noticed]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    await expect(follower.waitFor(9, 1_000)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
