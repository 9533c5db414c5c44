import { Deadline } from '@app/log';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { HashGate } from './hash-gate.js';

/** A gate whose work ends when the test says so. */
const stage = (options: { readonly atOnce: number; readonly waiting: number }) => {
  const clock = new ManualClock();
  const gate = new HashGate(options);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, { share = name, mayHave = 10, leftMs = 1_000 } = {}): Promise<string> =>
    gate.run({ share, mayHave, deadline: new Deadline(clock, leftMs) }, () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settled();
  };
  return { clock, gate, begun, ask, end };
};
const settled = () => new Promise((resolve) => setImmediate(resolve));
const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'done',
    (error: { readonly code?: string }) => error.code,
  );

describe('the gate of password hashing', () => {
  it('runs no more at once than it may, and the others in the order of their coming', async () => {
    const { gate, begun, ask, end } = stage({ atOnce: 2, waiting: 10 });
    const asked = ['a', 'b', 'c', 'd'].map((name) => ask(name));
    await settled();
    expect([begun, gate.waiting]).toEqual([['a', 'b'], 2]);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    await end('c');
    await end('d');
    expect([await Promise.all(asked), gate.underWay, gate.waiting]).toEqual([['a', 'b', 'c', 'd'], 0, 0]);
  });

  it('refuses at once with BUSY when its queue is full', async () => {
    const { gate, ask, end } = stage({ atOnce: 1, waiting: 1 });
    const first = ask('a');
    const second = ask('b');
    expect([await codeOf(ask('c')), gate.refused]).toEqual(['BUSY', 1]);
    await end('a');
    await end('b');
    expect(await Promise.all([first, second])).toEqual(['a', 'b']);
  });

  it('gives one share no more than its part, and all of it again afterwards', async () => {
    const { ask, end } = stage({ atOnce: 1, waiting: 10 });
    const mine = ['a', 'b'].map((name) => ask(name, { share: 'address', mayHave: 2 }));
    expect(await codeOf(ask('c', { share: 'address', mayHave: 2 }))).toBe('BUSY');
    const other = ask('d', { share: 'another', mayHave: 2 });
    await end('a');
    await end('b');
    await end('d');
    expect(await Promise.all([...mine, other])).toEqual(['a', 'b', 'd']);
    const again = ask('e', { share: 'address', mayHave: 2 });
    await end('e');
    expect(await again).toBe('e');
  });

  it('drops what waits past its deadline: it is undecided, never begins, and leaves its place to others', async () => {
    const { clock, gate, begun, ask, end } = stage({ atOnce: 1, waiting: 1 });
    const first = ask('a', { leftMs: 10_000 });
    const late = codeOf(ask('b', { leftMs: 100 }));
    void clock.advance(100);
    expect([await late, gate.waiting]).toEqual(['UNAVAILABLE', 0]);
    const next = ask('c');
    await end('a');
    await end('c');
    expect([await first, await next, begun]).toEqual(['a', 'c', ['a', 'c']]);
  });

  it('keeps the place of a hash that outlives its caller, because nothing can stop it', async () => {
    const { clock, begun, ask, end } = stage({ atOnce: 1, waiting: 5 });
    const late = codeOf(ask('a', { leftMs: 100 }));
    void clock.advance(100);
    expect(await late).toBe('UNAVAILABLE');
    const next = ask('b');
    await settled();
    expect(begun).toEqual(['a']);
    await end('a');
    await end('b');
    expect(await next).toBe('b');
  });

  it('passes the place on after a hash that failed', async () => {
    const { gate } = stage({ atOnce: 1, waiting: 5 });
    const deadline = new Deadline(new ManualClock(), 1_000);
    const failing = gate.run({ share: 'a', mayHave: 1, deadline }, () => Promise.reject(new Error('no hash')));
    const next = gate.run({ share: 'b', mayHave: 1, deadline }, () => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('no hash');
    expect([await next, gate.underWay]).toEqual(['done', 0]);
  });
});
