import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { holdPort } from '@test/support/servers/held-port.js';
import { StackServer } from '@test/support/servers/stack-server.js';
import { runServerToItsEnd, temporaryFolder } from '@test/support/servers/standalone-process.js';
import { type ServiceName, SERVICES } from '@tools/stack';
import { useServers } from './use-servers.js';

const started = useServers();

/** The steps that a process logged, in order. */
const stepsIn = (stderr: string, message: string): readonly string[] =>
  stderr
    .split('\n')
    .filter((line) => line.includes(`"${message}"`))
    .map((line) => (JSON.parse(line) as { readonly step: string }).step);
const startsIn = (stderr: string): readonly string[] => stepsIn(stderr, 'A step has started.');
const stopsIn = (stderr: string): readonly string[] => stepsIn(stderr, 'A step has stopped.');

/** Ends with intake and readiness: a process accepts requests only when everything that they need has started. */
const STEPS: Readonly<Record<ServiceName, readonly string[]>> = {
  keys: ['admin address', 'messages', 'log', 'application', 'fence authority', 'keys projection', 'cascade', 'relay', 'intake', 'readiness'],
  directory: ['admin address', 'messages', 'log', 'password hashing', 'application', 'intake', 'readiness'],
  gateway: ['admin address', 'messages', 'Redis', 'limits', 'application', 'fence node', 'watch of the fence', 'intake', 'readiness'],
  validation: ['admin address', 'messages', 'Redis', 'limits', 'fence node', 'watch of the fence', 'application', 'HTTP intake', 'NATS intake', 'readiness'],
};

describe('start and stop', () => {
  it('of one process on SQLite: it stops what it started, in the reverse order', async () => {
    const server = await started({ env: { LOG_LEVEL: 'debug' } });
    await server.end('SIGTERM');
    const starts = startsIn(server.stderr);
    expect(starts).toEqual([
      'data folder',
      'admin address',
      'log',
      'password hashing',
      'application',
      'fence authority',
      'keys projection',
      'cascade',
      'fence node',
      'watch of the fence',
      'intake',
      'readiness',
    ]);
    expect(stopsIn(server.stderr)).toEqual(starts.toReversed());
  });

  it('of one process that cannot listen: it stops what had started, and the data folder is free again', async () => {
    const taken = await holdPort();
    const dataDir = temporaryFolder();
    const { code, stderr } = await runServerToItsEnd({ PORT: String(taken.port), DATA_DIR: dataDir, LOG_LEVEL: 'debug' });
    taken.release();
    expect([code, stopsIn(stderr)]).toEqual([1, startsIn(stderr).toReversed()]);
    expect(startsIn(stderr)).toContain('data folder');
    rmSync(dataDir, { recursive: true });
  });

  it('of the four services: each stops what it started, in the reverse order', async () => {
    const server = await StackServer.started({ env: { LOG_LEVEL: 'debug' } });
    const { replicas } = server.stack;
    await server.remove();
    for (const service of SERVICES) {
      const stderr = replicas.find((replica) => replica.service === service)?.everythingPrinted ?? '';
      expect(startsIn(stderr), service).toEqual(STEPS[service]);
      expect(stopsIn(stderr), service).toEqual(STEPS[service].toReversed());
    }
  });
});
