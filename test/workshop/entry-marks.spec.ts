import { runInThisContext } from 'node:vm';
import { transformSync } from 'rolldown/utils';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { markEntries } from '../../scripts/entry-marks.mjs';

const entered: string[] = [];
Reflect.set(globalThis, '__entered', (file: string, name: string) => void entered.push(`${file} ${name}`));
afterEach(() => void entered.splice(0));
// Files of this project share their globals.
afterAll(() => void Reflect.deleteProperty(globalThis, '__entered'));

/** Runs a TypeScript source after it was marked, and returns the functions that reported their entry. */
const namesEnteredBy = (source: string): readonly string[] => {
  const { code } = transformSync('é.ts', markEntries('é.ts', source));
  // Not imported: a module of its own would need a file.
  runInThisContext(`(() => {${code}})()`);
  return entered.map((entry) => entry.replace('é.ts ', ''));
};

describe('a marked source', () => {
  it('tells when any kind of function is entered, once for each entry', () => {
    const names = namesEnteredBy(`
      // Two code units and one character before everything: 😀
      class Key extends (class { constructor(readonly kind: string) {} }) {
        static #count = () => ({ one: 1 });
        #id = 'a';
        constructor(readonly name: string) { super('key'); }
        get id() { return this.#id; }
        set id(id) { this.#id = id; }
        static count(): number { return Key.#count().one; }
      }
      function overloaded(x: string): void;
      function overloaded(x: unknown): void {}
      const nested = (a: number) => (b: number) => a + b as number;
      const table = { row: async () => await 1, method() {} };
      const key = new Key('k');
      key.id = key.id + Key.count();
      overloaded(nested(1)(2));
      void table.row(); table.method();
      [1].forEach((n) => n);
      (function* () { yield 1; })().next();
    `);
    expect(names).toEqual([
      'Key.constructor',
      'Key.constructor',
      'Key.id',
      'Key.count',
      'Key.#count',
      'Key.id',
      'nested',
      'nested (callback)',
      'overloaded',
      'table.row',
      'table.method',
      '(callback)',
      '(callback)',
    ]);
  });

  it('does what it did before, and keeps its lines', () => {
    const source = "const of = (n: number) =>\n  ({ n }) satisfies object;\nif (of(2).n !== 2) throw new Error('wrong');\n";
    expect(namesEnteredBy(source)).toEqual(['of']);
    expect(markEntries('a.ts', source).split('\n')).toHaveLength(source.split('\n').length);
  });

  it('is refused when it does not parse', () => {
    expect(() => markEntries('a.ts', 'const = 1;')).toThrow('a.ts does not parse');
  });
});
