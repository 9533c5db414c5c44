import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DomainEvent } from '@app/domain';
import { Relay } from '@app/keys';
import { LogTail } from '@app/log';
import { Metrics } from '@app/platform';
import { SystemClock } from '@app/ports';
import { everyEvent } from '@test/support/log/every-event.js';
import { nodeJoined, userCreated } from '@test/support/log/sample-events.js';
import { type Replica, RelayRig, type WrittenLog } from '@test/support/keys/relay-rig.js';
import { textOfPage } from '@test/support/project/code-blocks.js';
import { observeRelay } from './observed-relay.js';

const PATIENCE = { timeout: 30_000, interval: 20 };
const users = (from: number, count: number): readonly (readonly DomainEvent[])[] =>
  Array.from({ length: count }, (_, index) => [userCreated(`u${from + index}`)]);

describe('the relay', () => {
  let rig: RelayRig;
  let log: WrittenLog;
  beforeEach(async () => {
    vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    rig = await RelayRig.open();
    log = rig.log();
  });
  afterEach(async () => {
    await rig.close();
    vi.restoreAllMocks();
  });

  const relayed = async (replica: Replica, pos = log.commits.length): Promise<void> => {
    await expect.poll(() => replica.relay.relayStatus().position, PATIENCE).toBe(pos);
  };
  /** Every position, once, in order, at the sequence of its own number, of this very log. */
  const expectWholeStream = async (): Promise<void> => {
    const expected = log.commits.map(({ pos }) => ({ seq: pos, id: String(pos), hash: log.hashOf(pos) }));
    expect((await rig.messages()).map(({ seq, id, hash }) => ({ seq, id, hash }))).toEqual(expected);
  };

  it('publishes every position in order at its own sequence, an empty message where nothing is public', async () => {
    await log.append([nodeJoined('i1')], ...users(2, 120), [nodeJoined('i2')]);
    const replica = await rig.replica(log);
    await relayed(replica);
    await log.append(...users(200, 3));
    await relayed(replica);
    await expectWholeStream();
    const bodies = (await rig.messages()).map(({ body }) => body);
    expect(bodies.filter((body) => body === '')).toHaveLength(2);
    expect(bodies[0]).toBe('');
    expect(JSON.parse(bodies[1] ?? '')).toEqual({
      pos: 2,
      at: 1_700_000_000_002,
      actor: 'operator',
      environmentId: 'env',
      events: [{ type: 'user.created.v1', data: { userId: 'u2', environmentId: 'env' } }],
    });
    expect(replica.relay.relayStatus()).toMatchObject({ running: true, failures: 0, foreignStream: false });
  });

  it('lets out nothing that is secret or personal, in bodies and in headers', async () => {
    await log.append(...everyEvent().map((event) => [event]));
    await relayed(await rig.replica(log));
    const text = JSON.stringify(await rig.messages());
    for (const secret of [
      'command-of',
      'request-of',
      'example.test',
      'sealed',
      'token-',
      'p1',
      'email-user1',
      'email-2',
      'username-',
      'slug-',
      'laptop',
      'Blue Fig',
      'Ada',
      'pro"',
      'pem',
      'inc1',
      'https:',
    ])
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    expect(text).toContain('backendkey1');
  });

  it('of several replicas publishes every position once, whichever is first', async () => {
    const replicas = await Promise.all([1, 2, 3, 4, 5].map(() => rig.replica(log)));
    for (let i = 0; i < 20; i += 1) await log.append(...users(i * 30, 30));
    for (const replica of replicas) await relayed(replica);
    await expectWholeStream();
    expect(replicas.map(({ relay }) => relay.relayStatus().failures)).toEqual([0, 0, 0, 0, 0]);
  });

  it('goes on in another replica when the one that published is gone', async () => {
    await log.append(...users(0, 20));
    const first = await rig.replica(log);
    const second = await rig.replica(log);
    await relayed(first);
    await relayed(second);
    await first.stop();
    await log.append(...users(20, 20));
    await relayed(second);
    await second.stop();
    const third = await rig.replica(log);
    await log.append(...users(40, 1));
    await relayed(third);
    await expectWholeStream();
  });

  it('goes on behind what is there when the server was killed and has its data', async () => {
    await log.append(...users(0, 60));
    const replica = await rig.replica(log);
    await relayed(replica);
    await rig.nats.server.kill();
    await log.append(...users(60, 60));
    await expect.poll(() => replica.relay.relayStatus().failures, PATIENCE).toBeGreaterThan(0);
    await rig.nats.server.restart();
    await relayed(replica);
    await expectWholeStream();
  });

  it('fills a stream that was lost from the first position again, also while nothing new happens', async () => {
    await log.append(...users(0, 130));
    const replica = await rig.replica(log);
    await relayed(replica);
    await rig.nats.server.kill();
    await rig.nats.server.restart({ empty: true });
    const held = async (): Promise<number> => (await rig.messages().catch(() => [])).length;
    await expect.poll(held, PATIENCE).toBe(log.commits.length);
    await expectWholeStream();
    expect((await (await rig.manager()).consumers.info('KEYFENCE', 'team-team')).config.deliver_subject).toBe('teams.team.events');
  });

  it('waits for a server that hangs, and blocks no other work meanwhile', async () => {
    const replica = await rig.replica(log);
    await expect.poll(() => rig.messages().catch(() => null), PATIENCE).toEqual([]);
    rig.nats.server.pause();
    await log.append(...users(0, 10));
    await expect.poll(() => replica.relay.relayStatus().failures, PATIENCE).toBeGreaterThan(0);
    await log.append(...users(10, 10));
    expect(replica.relay.relayStatus()).toMatchObject({ running: true, foreignStream: false });
    rig.nats.server.resume();
    await relayed(replica);
    await expectWholeStream();
  });

  it.each([
    ['that is longer than the log', 5],
    ['with another history', 40],
  ])('leaves a stream %s alone and says so', async (_what, commits) => {
    const other = rig.log('other');
    await other.append(...users(1_000, 20));
    const before = await rig.replica(other);
    await relayed(before, 20);
    await before.stop();
    const messages = await rig.messages();
    await log.append(...users(0, commits));
    const replica = await rig.replica(log);
    await expect.poll(() => replica.relay.relayStatus(), PATIENCE).toMatchObject({ running: false, foreignStream: true });
    await log.append(...users(100, 30));
    expect(await rig.messages()).toEqual(messages);
  });

  it('says how far it is, under the names of the page', async () => {
    await log.append(...users(0, 3));
    const replica = await rig.replica(log);
    await relayed(replica);
    const metrics = new Metrics();
    observeRelay(metrics, replica.relay);
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('keyfence_'));
    expect(lines).toEqual(['keyfence_relay_lag 0', 'keyfence_relay_failures_total 0', 'keyfence_relay_foreign_stream 0']);
    const shown = [...textOfPage('docs/events-stream.md').matchAll(/^\| `(keyfence_\w+)`/gm)].map(([, name]) => name);
    expect(shown).toEqual(lines.map((line) => line.split(' ')[0]));
  });

  it('does nothing where there is no stream', async () => {
    const tail = new LogTail(log.file);
    await tail.start();
    const relay = new Relay(log.file, tail, new SystemClock());
    relay.start();
    expect(relay.relayStatus()).toMatchObject({ running: false, failures: 0 });
    await relay.stop();
    await tail.stop();
  });

  it('publishes nothing of a commit with an event of a newer version, nor what follows', async () => {
    const newer = { type: 'api-key.shared.v1', tags: ['key-k'], data: { keyId: 'k' } } as unknown as DomainEvent;
    await log.append(...users(0, 3), [newer], ...users(4, 3));
    const replica = await rig.replica(log);
    await expect.poll(() => replica.relay.relayStatus().failures, PATIENCE).toBeGreaterThan(1);
    expect(await rig.messages()).toHaveLength(3);
    expect(replica.relay.relayStatus()).toMatchObject({ running: true, position: 3 });
  });
});
