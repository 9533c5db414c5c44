import type { Commit } from '@app/ports';
import { afterEach, describe, expect, it } from 'vitest';
import { FaultyEventLog } from '@test/support/log/faulty-event-log.js';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { MemoryEventLog } from '@test/support/log/memory-event-log.js';
import { nodeJoined } from '@test/support/log/sample-events.js';
import { FIRST_PREV, chainHash, prepareCommit } from './codec.js';
import type { PreparedCommit } from './codec.js';
import { LogTail } from './log-tail.js';
import type { LogTailOptions } from './log-tail.js';

function commits(count: number, before: Commit | null = null, writer = 'w'): PreparedCommit[] {
  const made: PreparedCommit[] = [];
  for (let last = before; made.length < count;) {
    const pos = (last?.pos ?? 0) + 1;
    const content = { commandId: `${writer}${pos}`, requestHash: null, at: 1_000 + pos, actor: 'operator', events: [nodeJoined(`${writer}${pos}`)] };
    const next = prepareCommit(pos, last === null ? FIRST_PREV : chainHash(last), content);
    made.push(next);
    last = next.commit;
  }
  return made;
}
const stored = (prepared: readonly PreparedCommit[]): Commit[] => prepared.map(({ commit }) => commit);

function held(): { readonly until: Promise<void>; release(): void } {
  let release: () => void = () => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, release };
}

describe('the tail', () => {
  const tails: LogTail[] = [];
  afterEach(() => Promise.all(tails.splice(0).map((tail) => tail.stop())));

  async function following(options: LogTailOptions = {}, before: readonly PreparedCommit[] = []) {
    const clock = new ManualClock();
    const store = new MemoryEventLog();
    await store.insert(stored(before));
    const log = new FaultyEventLog(store);
    const tail = new LogTail(log, { clock, ...options });
    const applied: number[] = [];
    tail.onApply(({ pos }) => {
      // A listener that looks at the tail must see the commit it is told of.
      expect(tail.applied).toBe(pos);
      applied.push(pos);
    });
    await tail.start();
    tails.push(tail);
    return { clock, store, log, tail, applied };
  }

  it('starts at the head and applies only what comes after it', async () => {
    const all = commits(5);
    const { tail, store, applied } = await following({}, all.slice(0, 3));
    expect(tail.head).toMatchObject({ pos: 3, hash: all[2]?.decoded.hash, at: 1_003 });
    await store.insert(stored(all.slice(3)));
    expect(await tail.probe()).toBe(5);
    expect(applied).toEqual([4, 5]);
    expect(tail.hashAt(4)).toBe(all[3]?.decoded.hash);
    expect(tail.hashAt(6)).toBeUndefined();
  });

  it('a probe never joins a read that has already started', async () => {
    const { tail, store, log } = await following();
    const gate = held();
    log.holdReads = gate.until;
    const early = tail.probe();
    // The read under way has seen an empty log; this commit is acknowledged before the second probe begins.
    await store.insert(stored(commits(1)));
    const late = tail.probe();
    log.holdReads = null;
    gate.release();
    expect(await late).toBe(1);
    expect(await early).toBeLessThanOrEqual(1);
  });

  it('probes whose read has not started yet share one', async () => {
    const { tail, log } = await following();
    const gate = held();
    log.holdReads = gate.until;
    const first = tail.probe();
    const others = Array.from({ length: 50 }, () => tail.probe());
    log.holdReads = null;
    gate.release();
    await Promise.all([first, ...others]);
    expect(log.readsStarted).toBe(2);
  });

  it('a tail that is far behind reads pages, and a probe covers all of them', async () => {
    const { tail, store, log, applied } = await following({ pageSize: 10 });
    await store.insert(stored(commits(95)));
    expect(await tail.probe()).toBe(95);
    expect(applied).toEqual(Array.from({ length: 95 }, (_, index) => index + 1));
    expect(log.readsStarted).toBe(1 + 10);
  });

  it('what the tail was handed over it does not apply again when it reads it', async () => {
    const { tail, store, log, applied } = await following();
    const all = commits(4);
    const gate = held();
    await store.insert(stored(all.slice(0, 2)));
    log.holdReads = gate.until;
    const probed = tail.probe();
    tail.adopt(all.slice(0, 3).map(({ decoded }) => decoded));
    expect(applied).toEqual([1, 2, 3]);
    await store.insert(stored(all.slice(2)));
    log.holdReads = null;
    gate.release();
    expect(await probed).toBeGreaterThanOrEqual(3);
    expect(await tail.probe()).toBe(4);
    expect(applied).toEqual([1, 2, 3, 4]);
  });

  it('does not adopt what does not continue its chain', async () => {
    const { tail, applied } = await following({}, commits(2));
    const [, , another] = commits(3, null, 'another');
    const [, , , fourth] = commits(4);
    tail.adopt([another!.decoded]);
    tail.adopt([fourth!.decoded]);
    expect(applied).toEqual([]);
    expect(tail.applied).toBe(2);
  });

  it('a doorbell is answered by a read, and a lost one by the next poll', async () => {
    const { tail, store, clock } = await following();
    const all = commits(2);
    await store.insert(stored(all.slice(0, 1)));
    const rung = tail.waitFor(1, 1_000);
    tail.doorbell();
    await rung;
    const polled = new Promise<void>((resolve) => void tail.onApply(() => resolve()));
    await store.insert(stored(all.slice(1)));
    await clock.advance(200);
    await polled;
    expect(tail.applied).toBe(2);
  });

  it('waiting for a position ends with it, or with UNAVAILABLE at the deadline', async () => {
    const { tail, store, clock } = await following();
    const reached = tail.waitFor(1, 1_000);
    const missed = expect(tail.waitFor(2, 1_000)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await store.insert(stored(commits(1)));
    await tail.probe();
    await reached;
    await clock.advance(1_000);
    await missed;
  });

  it('a store that cannot be read fails probes and is tried again by the next poll', async () => {
    const errors: unknown[] = [];
    const { tail, store, log, clock } = await following({ onReadError: (error) => errors.push(error) });
    log.failReads = true;
    await expect(tail.probe()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(errors.length).toBe(1);
    log.failReads = false;
    const polled = new Promise<void>((resolve) => void tail.onApply(() => resolve()));
    await store.insert(stored(commits(1)));
    await clock.advance(200);
    await polled;
  });

  it('a store that falls silent fails a probe at its deadline', async () => {
    const { tail, log, clock } = await following();
    const gate = held();
    log.holdReads = gate.until;
    const probed = expect(tail.probe(500)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await clock.advance(500);
    await probed;
    gate.release();
  });

  it('a commit that does not continue the chain is fatal: nothing of it is applied', async () => {
    const fatal: Error[] = [];
    const { tail, store, applied } = await following({ onFatal: (error) => fatal.push(error) }, commits(1));
    const [, foreign] = commits(2, null, 'another');
    await store.insert([foreign!.commit]);
    await expect(tail.probe()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(fatal.map(({ message }) => message)).toEqual([expect.stringContaining('another history')]);
    expect(applied).toEqual([]);
    await expect(tail.probe()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('a commit that cannot be read is fatal', async () => {
    const fatal: Error[] = [];
    const { tail, store } = await following({ onFatal: (error) => fatal.push(error) });
    await store.insert([{ pos: 1, prev: FIRST_PREV, tags: [], body: '{}', hash: null }]);
    await expect(tail.probe()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(fatal.map(({ message }) => message)).toEqual([expect.stringContaining('Commit 1')]);
  });

  it('a stop fails those who wait', async () => {
    const { tail } = await following();
    const waiting = expect(tail.waitFor(1, 1_000)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await tail.stop();
    await waiting;
  });
});
