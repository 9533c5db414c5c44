import { describe, expect, it } from 'vitest';
import type { AppliedCommit } from './authority-log.js';
import { ChangesFeed, readFeedBack } from './changes-feed.js';
import { keyRevoked } from '@test/support/fence/world.js';

const change = (pos: number, ...names: string[]) => ({ pos, names });

/** A log of `length` commits in which every second one is a change. */
const commits = (length: number): AppliedCommit[] =>
  Array.from({ length }, (_, index) => ({ pos: index + 1, events: index % 2 === 0 ? [] : [keyRevoked(`k${index + 1}`)] }));
const readBackOf = (all: readonly AppliedCommit[]) => (pos: number, limit: number) => Promise.resolve(all.slice(Math.max(0, pos - limit), pos).toReversed());
const positionsAfter = (feed: ChangesFeed, pos: number) => feed.after(pos, 1_000).map((one) => one.pos);

describe('the changes feed', () => {
  it('gives every change after a position, in order, up to a limit', () => {
    const feed = new ChangesFeed(0, 10);
    for (const pos of [2, 3, 7]) feed.add(change(pos, 'a'));
    expect(positionsAfter(feed, 2)).toEqual([3, 7]);
    expect(feed.after(0, 2).map((one) => one.pos)).toEqual([2, 3]);
    expect(positionsAfter(feed, 7)).toEqual([]);
  });

  it('raises its floor with every change it forgets, and is complete above it', () => {
    const feed = new ChangesFeed(0, 3);
    for (let pos = 1; pos <= 20; pos += 1) feed.add(change(pos, 'a'));
    expect(feed.floor).toBe(17);
    expect(positionsAfter(feed, feed.floor)).toEqual([18, 19, 20]);
  });

  it('knows whether one of some names changed after a position', () => {
    const feed = new ChangesFeed(0, 10);
    feed.add(change(4, 'a', 'b'));
    expect(feed.touchedSince(3, new Set(['b']))).toBe(true);
    expect(feed.touchedSince(4, new Set(['b']))).toBe(false);
    expect(feed.touchedSince(3, new Set(['c']))).toBe(false);
  });
});

describe('the feed after a restart', () => {
  it('is complete when the log is short', async () => {
    const all = commits(9);
    const feed = await readFeedBack(readBackOf(all), 9, { changesInMemory: 100, commitsReadBack: 100 });
    expect(feed.floor).toBe(0);
    expect(positionsAfter(feed, 0)).toEqual([2, 4, 6, 8]);
  });

  it('stops at the number of commits it may read, and says so by its floor', async () => {
    const feed = await readFeedBack(readBackOf(commits(5_000)), 5_000, { changesInMemory: 100_000, commitsReadBack: 3_000 });
    expect(feed.floor).toBe(2_000);
    expect(positionsAfter(feed, 2_000)[0]).toBe(2_002);
  });

  it('keeps no more changes than it may hold, and says so by its floor', async () => {
    const feed = await readFeedBack(readBackOf(commits(100)), 100, { changesInMemory: 10, commitsReadBack: 1_000 });
    expect(positionsAfter(feed, feed.floor)).toEqual([82, 84, 86, 88, 90, 92, 94, 96, 98, 100]);
    expect(feed.floor).toBe(80);
  });

  it('is refused when the log lacks what was applied', async () => {
    await expect(readFeedBack(() => Promise.resolve([]), 3, { changesInMemory: 10, commitsReadBack: 10 })).rejects.toThrow('no commit');
  });
});
