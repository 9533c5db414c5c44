import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deadline } from '@app/log';
import { threadFile } from '@app/platform';
import { SystemClock } from '@app/ports';
import { afterEach, describe, expect, it } from 'vitest';
import { HASH_THREAD, PasswordHasher } from './password-hasher.js';
import { HASH_OF_NO_USER } from './passwords.js';

const open: PasswordHasher[] = [];
afterEach(async () => {
  for (const hasher of open.splice(0)) await hasher.close();
});
const newHasher = (atOnce: number): PasswordHasher => {
  const hasher = new PasswordHasher(threadFile(HASH_THREAD), atOnce);
  open.push(hasher);
  return hasher;
};
const caller = (share = 'a') => ({ share, mayHave: 20, deadline: new Deadline(new SystemClock(), 30_000) });

/** The parameters of an encoded hash: all but salt and hash. */
const parametersOf = (hash: string): string => hash.split('$').slice(0, 4).join('$');

describe('password hashing', () => {
  it('makes another hash each time, and knows the password of each', async () => {
    const hasher = newHasher(2);
    const [one, other] = await Promise.all([hasher.hash('open sesame', caller()), hasher.hash('open sesame', caller())]);
    expect(one).not.toBe(other);
    expect(await hasher.isHashOf(one, 'open sesame', caller())).toBe(true);
    expect(await hasher.isHashOf(other, 'open barley', caller())).toBe(false);
  });

  it('of no user costs what every other does', async () => {
    const hasher = newHasher(1);
    expect(parametersOf(await hasher.hash('open sesame', caller()))).toBe(parametersOf(HASH_OF_NO_USER));
    expect(await hasher.isHashOf(HASH_OF_NO_USER, 'open sesame', caller())).toBe(false);
  });

  it('rejects what is not a hash, and goes on', async () => {
    const hasher = newHasher(1);
    await expect(hasher.isHashOf('not a hash', 'open sesame', caller())).rejects.toThrow();
    expect(await hasher.hash('open sesame', caller())).toMatch(/^\$argon2id\$/);
  });

  it('ends with the hashes under way done, and takes none afterwards', async () => {
    const hasher = new PasswordHasher(threadFile(HASH_THREAD), 1);
    const underWay = hasher.hash('open sesame', caller());
    await hasher.close();
    expect(await underWay).toMatch(/^\$argon2id\$/);
    await expect(hasher.hash('open sesame', caller())).rejects.toThrow('closed');
  });

  it('is the only place that calls the library', () => {
    const root = join(import.meta.dirname, '../../../..');
    const sources = ['apps', 'libs'].flatMap((part) =>
      readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
        .map((name) => join(part, name)),
    );
    expect(sources.filter((name) => /from '@node-rs\/argon2'/.test(readFileSync(join(root, name), 'utf8')))).toEqual([
      'apps/directory/src/passwords/hash-passwords.thread.ts',
    ]);
  });
});
