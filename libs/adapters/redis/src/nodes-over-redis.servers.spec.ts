import type { FenceNode } from '@app/fence';
import { startRedis } from '@tools/stack';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { SeededRandom } from '@test/support/random/seeded-random.js';
import type { FaultyTransport } from '@test/support/fence/faulty-transport.js';
import { digestOf, membership, orgRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { userChanged, World } from '@test/support/fence/world.js';
import type { RedisConnection } from './redis-connection.js';
import { RedisSharedCache } from './redis-shared-cache.js';
import { asked, connected } from './testing/redis-clients.js';

type Server = Awaited<ReturnType<typeof startRedis>>;
const K = digestOf('k');
const SECRET = Buffer.alloc(32, 5);
const user = (changes: Parameters<typeof userRecord>[1] = {}) => userRecord('u', { memberships: { o: membership() }, ...changes });

let server: Server;
let connection: RedisConnection;
let world: World;
beforeAll(async () => {
  server = await startRedis();
  connection = await connected(server.url);
});
afterAll(async () => {
  connection?.close();
  await server?.stop();
});
beforeEach(async () => {
  await asked(connection, (redis) => redis.flushall());
  world = new World({}, [orgRecord('o'), user(), personalKey('k', 'u')]);
  await world.authority.start();
});
const node = (): Promise<{ node: FenceNode; wire: FaultyTransport }> =>
  world.leasedNode({ cache: { store: new RedisSharedCache(connection), secret: SECRET } });
/** Key, user, organization, environment. */
const written = (): Promise<void> => vi.waitFor(async () => expect(await asked(connection, (redis) => redis.dbsize())).toBe(4));

it('what one node asked the authority, another finds in Redis, for an hour', async () => {
  const { node: first } = await node();
  await first.resolve(K);
  await written();
  for (const place of await asked(connection, (redis) => redis.keys('*'))) {
    expect(place).toMatch(/^kf:c:2:[0-9a-f]{64}$/);
    const ttlMs = await asked(connection, (redis) => redis.pttl(place));
    expect(ttlMs > 3_500_000 && ttlMs <= 3_600_000).toBe(true);
  }
  const { node: second, wire } = await node();
  expect(await second.resolve(K)).toMatchObject({ records: { key: { keyId: 'k' }, memberOrgs: [{ orgId: 'o' }] } });
  expect(wire.asked.filter((kind) => kind === 'fill' || kind === 'strongRead')).toEqual([]);
});

it('whatever another client writes to Redis, no answer is from before an acknowledged change', async () => {
  const random = new SeededRandom(12);
  const everThere = new Map<string, Buffer[]>();
  for (let round = 0; round < 60; round += 1) {
    const { node: one } = await node();
    const blocked = random.chance(0.5);
    const pos = world.change(userChanged('u'), user({ blocked, email: `at-${round}@example.com` }));
    await world.authority.barrier(pos, ['user-u']);
    expect([round, await one.resolve(K)]).toMatchObject([round, { records: { user: { blocked, email: `at-${round}@example.com` } } }]);
    const places = await asked(connection, (redis) => redis.keys('*'));
    for (const place of places) {
      const known = everThere.get(place) ?? [];
      const value = await asked(connection, (redis) => redis.getBuffer(place));
      if (value !== null) everThere.set(place, [...known, value]);
    }
    const all = [...everThere.values()].flat();
    for (const [place, known] of everThere) {
      const from = random.chance(0.3) ? all : known;
      const value = Buffer.from(from[random.integer(from.length)] ?? '');
      if (random.chance(0.2) && value.length > 0) value[random.integer(value.length)] = random.integer(256);
      await asked<unknown>(connection, (redis) => (random.chance(0.1) ? redis.del(place) : redis.set(place, value)));
    }
    await one.stop();
  }
});
