import { Logger } from '@nestjs/common';
import { Metrics, NestPinoLogger, Readiness } from '@app/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LEASE_MS, userChanged, World } from '@test/support/fence/world.js';
import { userRecord } from '@test/support/fence/records.js';
import { parseExposition, valueOf } from '@test/support/observed/exposition.js';
import { LoggedLines } from '@test/support/observed/logged-lines.js';
import type { FenceAuthority } from '@app/fence';
import { observedAuthority } from './observed-authority.js';

afterEach(() => Logger.overrideLogger(['error', 'warn']));

describe('an authority that is observed', () => {
  let world: World;
  let authority: FenceAuthority;
  let logged: LoggedLines;
  const metrics = (): Promise<string> => all.text();
  let all: Metrics;
  let readiness: Readiness;

  beforeEach(() => {
    logged = new LoggedLines('warn');
    Logger.overrideLogger(new NestPinoLogger(logged.pino));
    [world, all, readiness] = [new World({}, [userRecord('u')]), new Metrics(), new Readiness()];
    const { clock, log, transport } = world;
    authority = observedAuthority({ clock, log, records: log, transport, leaseMs: LEASE_MS }, { metrics: all, readiness });
    transport.connect(authority);
  });
  afterEach(() => authority.stop());
  const told = async (name: string, labels: Readonly<Record<string, string>> = {}) => valueOf(parseExposition(await metrics()), name, labels);

  it('is ready when it has started', async () => {
    expect((await readiness.report()).checks).toEqual({ authority: 'The authority of the fence is starting.' });
    await authority.start();
    expect((await readiness.report()).ready).toBe(true);
  });

  it('tells how long each change waited, and no idle barrier among them', async () => {
    await authority.start();
    await world.leasedNode();
    const barriers = new Set<string>();
    world.transport.onPush(({ nonce }) => {
      barriers.add(nonce);
      return { incarnation: 'nobody', nonce };
    });
    expect(await told('keyfence_nodes_counted')).toBe(1);
    const pos = world.change(userChanged('u'), userRecord('u'));
    await authority.barrier(pos, ['user-u']);
    expect([await told('keyfence_barrier_ms_count'), await told('keyfence_barrier_ms_sum')]).toEqual([1, 0]);
    await world.clock.advance(3 * LEASE_MS);
    expect(barriers.size).toBeGreaterThan(2);
    expect(await told('keyfence_barrier_ms_count')).toBe(1);
    expect(logged.raw).toEqual([]);
  });

  it('says of a barrier that timed out where it was and how many nodes were missing', async () => {
    await authority.start();
    const nodes = [await world.leasedNode(), await world.leasedNode(), await world.leasedNode()];
    for (const { wire } of nodes.slice(1)) wire.cut();
    const pos = world.change(userChanged('u'), userRecord('u'));
    const barrier = authority.barrier(pos, ['user-u']);
    await world.clock.advance(LEASE_MS);
    await barrier;
    expect([await told('keyfence_barriers_timed_out_total', { kind: 'change' }), await told('keyfence_barriers_timed_out_total', { kind: 'idle' })]).toEqual([
      1, 0,
    ]);
    expect(await told('keyfence_barrier_ms_bucket', { le: '5000' })).toBe(1);
    expect(logged.lines).toMatchObject([
      { level: 'warn', context: 'fence', msg: `The barrier at position ${pos} waited for a whole lease (${LEASE_MS} ms): 2 nodes had not acknowledged.` },
    ]);
  });

  it('counts an idle barrier that finds a dead node apart', async () => {
    await authority.start();
    const { wire } = await world.leasedNode();
    wire.cut();
    await world.clock.advance(2 * LEASE_MS);
    expect([await told('keyfence_barriers_timed_out_total', { kind: 'change' }), await told('keyfence_barriers_timed_out_total', { kind: 'idle' })]).toEqual([
      0, 1,
    ]);
    expect(await told('keyfence_barrier_ms_count')).toBe(0);
  });

  it('says so when the log itself was behind', async () => {
    await authority.start();
    const barrier = authority.barrier(1_000, ['user-u']);
    await world.clock.advance(LEASE_MS);
    await barrier.catch(() => undefined);
    expect(logged.messages).toEqual([`The barrier at position 1000 waited for a whole lease (${LEASE_MS} ms): the log could not be read up to there.`]);
  });
});
