import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { printNumbers, progress } from './race-report.js';
import { startedServer, targetOf } from './race-server.js';
import { racingValidations, seed, timeoutMs } from './race-size.js';
import { Storm } from './storm.js';

/** The share of the second server: everything it answers must be looked up, which is slower and rarer in life. */
const SHARE_WITHOUT_MEMORY = 1 / 5;

describe.each([
  ['from memory', {}, racingValidations],
  ['with room for three records in memory', { CACHE_KEYS: '3' }, racingValidations * SHARE_WITHOUT_MEMORY],
])('keys that are denied under a storm of validations, %s', (where, env, wanted) => {
  let server: StandaloneServer;
  beforeAll(async () => {
    server = await startedServer(env);
  });
  afterAll(() => server?.remove());

  it('are valid until a denial begins and dead once one has returned, for good', { timeout: timeoutMs }, async () => {
    const storm = new Storm({ lanes: 4, connectionsPerLane: 32, racingValidations: wanted }, seed, ({ keys, racing }) => {
      progress(() => `denials under a storm, ${where}: ${String(racing)} of ${String(wanted)} racing validations, ${String(keys)} keys`);
    });
    const numbers = await storm.run(targetOf(server));
    printNumbers(`denials under a storm, ${where}`, { ...numbers });
    expect(numbers.racing).toBeGreaterThanOrEqual(wanted);
    // The storm saw both sides of the denials, else it proves nothing.
    expect(numbers.begunAfterDenial).toBeGreaterThan(wanted / 10);
    expect(numbers.valid).toBeGreaterThan(wanted / 10);
  });
});
