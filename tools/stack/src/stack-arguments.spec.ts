import { describe, expect, it } from 'vitest';
import { readStackArguments } from './stack-arguments.js';

const read = (...args: readonly string[]): ReturnType<typeof readStackArguments> =>
  readStackArguments(args, (error) => {
    throw error;
  });

describe('npm run stack', () => {
  it('starts one of each by default, in data-stack, on 8080', () => {
    expect(read()).toEqual({ help: false, dataDir: 'data-stack', edgePort: 8080, replicas: { keys: 1, directory: 1, validation: 1, gateway: 1 } });
  });

  it('takes counts, a folder and a port', () => {
    expect(read('--validation', '3', '--keys=2', '--data', 'x', '--port', '0')).toMatchObject({
      dataDir: 'x',
      edgePort: 0,
      replicas: { keys: 2, directory: 1, validation: 3, gateway: 1 },
    });
  });

  it.each([
    ['--keys', '0'],
    ['--keys', '21'],
    ['--keys', 'two'],
    ['--port', '65536'],
    ['--unknown', '1'],
    ['stray', '1'],
  ])('refuses %s %s', (name, value) => {
    expect(() => read(name, value)).toThrow();
  });
});
