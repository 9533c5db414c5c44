import { expect, it } from 'vitest';
import { Readiness } from './readiness.js';

it('a process is ready when every check is, and says of each how it is', async () => {
  const readiness = new Readiness();
  let problem: string | null = 'It is starting.';
  readiness.add('a', () => null);
  readiness.add('b', async () => Promise.resolve(problem));
  expect(await readiness.report()).toEqual({ ready: false, checks: { a: 'ok', b: 'It is starting.' } });
  problem = null;
  expect(await readiness.report()).toEqual({ ready: true, checks: { a: 'ok', b: 'ok' } });
});

it('a process without a check yet is not ready', async () => {
  expect(await new Readiness().report()).toEqual({ ready: false, checks: {} });
});

it('a check that breaks is not ready, and what broke stays inside', async () => {
  const readiness = new Readiness();
  readiness.add('a', () => {
    throw new Error('mongodb://user:secret@host');
  });
  readiness.add('b', () => Promise.reject(new Error('secret')));
  expect(await readiness.report()).toEqual({ ready: false, checks: { a: 'This could not be checked.', b: 'This could not be checked.' } });
});

it('a process that ends is not ready, however well it is', async () => {
  const readiness = new Readiness();
  readiness.add('a', () => null);
  readiness.end();
  expect(await readiness.report()).toEqual({ ready: false, checks: { shutdown: 'The process is shutting down.', a: 'ok' } });
});

it('two checks of one name are a mistake of the composition', () => {
  const readiness = new Readiness();
  readiness.add('a', () => null);
  expect(() => readiness.add('a', () => null)).toThrow(/already/);
});
