import { describe, expect, it } from 'vitest';
import { Register } from './register.js';

const look = (invokedAt: number, completedAt: number) => ({ invokedAt, completedAt });

describe('a register', () => {
  it('shows what it began with until something else was written', () => {
    expect(new Register('a').possible(look(1, 2))).toEqual(['a']);
  });

  it('shows the old or the new value while a write is under way, and the new one alone after it', () => {
    const register = new Register('a');
    const write = register.write('b', 10);
    expect(register.possible(look(5, 9))).toEqual(['a']);
    expect(register.possible(look(11, 12))).toEqual(['a', 'b']);
    write.acknowledged(20);
    expect(register.possible(look(15, 30))).toEqual(['a', 'b']);
    expect(register.possible(look(21, 22))).toEqual(['b']);
  });

  it('never shows an older value again once a newer one was acknowledged', () => {
    const register = new Register('a');
    register.write('b', 10).acknowledged(20);
    register.write('c', 30).acknowledged(40);
    expect(register.possible(look(41, 42))).toEqual(['c']);
    expect(register.possible(look(35, 42))).toEqual(['b', 'c']);
    expect(register.possible(look(25, 26))).toEqual(['b']);
  });

  it('a write without an answer may happen at any later time, and then hide what was acknowledged meanwhile', () => {
    const register = new Register('a');
    register.write('lost', 10);
    register.write('b', 30).acknowledged(40);
    expect(register.possible(look(100, 101))).toEqual(['lost', 'b']);
  });

  it('a look that touches the acknowledgement may have been first', () => {
    const register = new Register('a');
    register.write('b', 10).acknowledged(20);
    expect(register.possible(look(20, 21))).toEqual(['a', 'b']);
  });

  it('an expiry counts as soon as it can have happened, and for certain when it must have', () => {
    const register = new Register<'alive' | 'dead'>('alive');
    register.writeDuring('dead', look(100, 140));
    expect(register.possible(look(90, 99))).toEqual(['alive']);
    expect(register.possible(look(110, 111))).toEqual(['alive', 'dead']);
    expect(register.possible(look(141, 142))).toEqual(['dead']);
  });

  it('forgets the oldest writes only', () => {
    const register = new Register(0);
    for (let value = 1; value <= 200; value += 1) register.write(value, value * 10).acknowledged(value * 10 + 5);
    expect(register.possible(look(2_010, 2_011))).toEqual([200]);
    expect(register.possible(look(1_996, 2_003))).toEqual([199, 200]);
  });
});
