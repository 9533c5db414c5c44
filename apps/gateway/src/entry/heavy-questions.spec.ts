import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { HeavyQuestions } from './heavy-questions.js';

const reply = { header: () => undefined } as unknown as FastifyReply;

/** Something under way that ends when it is told to. */
const held = () => {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end };
};

describe('heavy questions', () => {
  it('of one caller run one at a time, in the order of their coming, and those of another beside them', async () => {
    const heavy = new HeavyQuestions();
    const began: string[] = [];
    const first = held();
    const ask = (caller: string, name: string, until: Promise<void>) =>
      heavy.oneAtATime(caller, reply, async () => {
        began.push(name);
        await until;
        return name;
      });
    const one = ask('a', 'one', first.ended);
    const two = ask('a', 'two', Promise.resolve());
    const other = await ask('b', 'other', Promise.resolve());
    expect([other, began]).toEqual(['other', ['one', 'other']]);
    first.end();
    expect([await one, await two, began]).toEqual(['one', 'two', ['one', 'other', 'two']]);
  });

  it('of a caller whose question before does not end in time are refused', async () => {
    const heavy = new HeavyQuestions();
    const first = held();
    const one = heavy.oneAtATime('a', reply, () => first.ended);
    await expect(heavy.oneAtATime('a', reply, () => Promise.resolve())).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    first.end();
    await one;
    await heavy.oneAtATime('a', reply, () => Promise.resolve());
  });

  it('make room for the next when they fail', async () => {
    const heavy = new HeavyQuestions();
    await expect(heavy.oneAtATime('a', reply, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await heavy.oneAtATime('a', reply, () => Promise.resolve('yes'))).toBe('yes');
  });

  it('do their parts one after another, and the event loop turns between two of them', async () => {
    const heavy = new HeavyQuestions();
    const acts: string[] = [];
    const part = (name: string) => heavy.part(() => Promise.resolve(acts.push(name)));
    const parts = [part('a'), part('b')];
    const failing = heavy.part(() => Promise.reject(new Error('no')));
    const last = part('c');
    setImmediate(() => acts.push('turn'));
    await Promise.all(parts);
    await expect(failing).rejects.toThrow('no');
    await last;
    expect(acts).toEqual(['a', 'turn', 'b', 'c']);
  });
});
