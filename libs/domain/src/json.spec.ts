import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedFields, jsonEqual } from './json.js';

describe('jsonEqual', () => {
  it('does not mind the order of fields', () => expect(jsonEqual({ a: 1, b: { c: [1], d: null } }, { b: { d: null, c: [1] }, a: 1 })).toBe(true));
  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [{}, []],
    [{ 0: 1, length: 1 }, [1]],
    [{ a: 1 }, { b: 1 }],
    [{ a: undefined }, { b: 1 }],
    [null, {}],
    [0, false],
    ['1', 1],
    [{ toString: 1 }, { a: 1 }],
  ])('tells %j from %j', (a, b) => {
    expect(jsonEqual(a, b)).toBe(false);
    expect(jsonEqual(b, a)).toBe(false);
  });
  it('agrees with a comparison of sorted JSON text', () => {
    const sorted = (value: unknown): unknown => {
      if (Array.isArray(value)) return ['an array', ...value.map(sorted)];
      return typeof value === 'object' && value !== null
        ? [
            'an object',
            ...Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, item]) => [name, sorted(item)]),
          ]
        : value;
    };
    const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(jsonEqual(a, structuredClone(a))).toBe(true);
        expect(jsonEqual(a, b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
    );
  });
});

it('changedFields keeps what differs, and only fields that there are', () => {
  const current: { a: number; b: string | null } = { a: 1, b: 'x' };
  const changes = { a: 1, b: null, c: 3 };
  expect(changedFields(current, changes)).toEqual({ b: null });
});
