import { jetstream } from '@nats-io/jetstream';
import { connect, millis, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadSettings, SettingsReader } from '@app/platform';
import type { StreamMessage } from '@app/ports';
import { startNats, type StackServer } from '@tools/stack';
import { type EventStreamSettings, readEventStreamSettings, STREAM } from './keyfence-stream.js';
import { NatsEventStream } from './nats-event-stream.js';

const settings = (over: Partial<EventStreamSettings> = {}): EventStreamSettings => ({
  ...readEventStreamSettings(new SettingsReader({ EVENT_TEAMS: 'team' })),
  ...over,
});
const message = (pos: number): StreamMessage => ({ pos, hash: `hash-${pos}`, body: `{"pos":${pos}}` });

describe('the event stream on JetStream', () => {
  let server: StackServer;
  let connections: NatsConnection[];
  beforeEach(async () => {
    server = await startNats();
    connections = [];
  });
  afterEach(async () => {
    for (const connection of connections) await connection.close();
    await server.stop();
  });

  const open = async (over?: Partial<EventStreamSettings>): Promise<NatsEventStream> => {
    const connection = await connect({ servers: server.url, maxReconnectAttempts: -1 });
    connections.push(connection);
    return new NatsEventStream(connection, settings(over));
  };
  const manager = async () => jetstream(connections[0] as NatsConnection).jetstreamManager(false);
  const teams = async (): Promise<readonly string[]> => {
    const names: string[] = [];
    for await (const { name } of (await manager()).consumers.list(STREAM)) names.push(name);
    return names.toSorted();
  };

  it('is made when it is missing, with its consumers, and is empty then', async () => {
    const stream = await open({ teams: ['team', 'billing'] });
    expect(await stream.last()).toEqual({ pos: 0, hash: null });
    expect(await teams()).toEqual(['team-billing', 'team-team']);
    expect((await (await manager()).streams.info(STREAM)).config).toMatchObject({
      subjects: ['keyfence.events'],
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      max_bytes: 1_073_741_824,
      deny_delete: true,
      allow_direct: true,
      num_replicas: 1,
    });
  });

  it('stores a position only behind the one before it', async () => {
    const stream = await open();
    await stream.last();
    expect(await stream.publish(message(2))).toBe('taken');
    expect(await stream.publish(message(1))).toBe('published');
    expect(await stream.publish(message(1))).toBe('taken');
    expect(await stream.publish(message(3))).toBe('taken');
    expect(await stream.publish(message(2))).toBe('published');
    expect(await stream.publish(message(1))).toBe('taken');
    expect(await stream.last()).toEqual({ pos: 2, hash: 'hash-2' });
  });

  it('stores nothing behind a position that was refused, however many are under way', async () => {
    const stream = await open();
    await stream.last();
    const outcomes = await Promise.all([1, 2, 4, 5, 6].map((pos) => stream.publish(message(pos))));
    expect(outcomes).toEqual(['published', 'published', 'taken', 'taken', 'taken']);
    expect((await stream.last()).pos).toBe(2);
  });

  it('gives each position to one of two writers', async () => {
    const writers = [await open(), await open()];
    for (const writer of writers) await writer.last();
    const outcomes = await Promise.all(writers.map((writer) => Promise.all(Array.from({ length: 50 }, (_, index) => writer.publish(message(index + 1))))));
    for (let index = 0; index < 50; index += 1) {
      expect(outcomes.map((of) => of[index]).filter((outcome) => outcome === 'published').length).toBeLessThanOrEqual(1);
    }
    expect((await writers[0]?.last())?.pos).toBe(outcomes.flat().filter((outcome) => outcome === 'published').length);
  });

  it('knows the position, not the hash, of a message that is no longer kept', async () => {
    const stream = await open();
    await stream.last();
    await stream.publish(message(1));
    await (await manager()).streams.purge(STREAM);
    expect(await stream.last()).toEqual({ pos: 1, hash: null });
    expect(await stream.publish(message(2))).toBe('published');
  });

  it('has no hash for what another client put there', async () => {
    const stream = await open();
    await stream.last();
    await jetstream(connections[0] as NatsConnection).publish('keyfence.events', 'hello');
    expect(await stream.last()).toEqual({ pos: 1, hash: '' });
  });

  it('takes changed settings over at the next start, and keeps the messages', async () => {
    const before = await open();
    await before.last();
    await before.publish(message(1));
    const after = await open({ maxAgeMs: 3_600_000, ackWaitMs: 5_000, teams: ['team', 'other'] });
    expect(await after.last()).toEqual({ pos: 1, hash: 'hash-1' });
    expect(millis((await (await manager()).streams.info(STREAM)).config.max_age)).toBe(3_600_000);
    expect(millis((await (await manager()).consumers.info(STREAM, 'team-team')).config.ack_wait ?? 0)).toBe(5_000);
    expect(await teams()).toEqual(['team-other', 'team-team']);
  });

  it('throws when the server hangs or the stream is gone, and is there again when it is asked for its end', async () => {
    const stream = await open();
    await stream.last();
    await stream.publish(message(1));
    server.pause();
    await expect(stream.publish(message(2))).rejects.toThrow();
    await expect(stream.last()).rejects.toThrow();
    server.resume();
    await (await manager()).streams.delete(STREAM);
    await expect(stream.publish(message(2))).rejects.toThrow();
    expect(await stream.last()).toEqual({ pos: 0, hash: null });
    expect(await teams()).toEqual(['team-team']);
  });
});

describe('the settings of the event stream', () => {
  it('have defaults', () => {
    const read = readEventStreamSettings(new SettingsReader({}));
    expect(read).toEqual({ maxAgeMs: 7 * 24 * 3_600_000, maxBytes: 1_073_741_824, replicas: 1, ackWaitMs: 30_000, teams: [] });
  });

  it('take teams with commas, each once', () =>
    expect(readEventStreamSettings(new SettingsReader({ EVENT_TEAMS: ' team, billing,team,' })).teams).toEqual(['team', 'billing']));

  it.each(['Team', 'a.b', '*', '>', 'a b', '-a', 'a'.repeat(33)])('refuse the team name %j', (name) => {
    const reader = new SettingsReader({ EVENT_TEAMS: `team,${name}` });
    readEventStreamSettings(reader);
    expect(() => reader.finish()).toThrow(BadSettings);
  });
});
