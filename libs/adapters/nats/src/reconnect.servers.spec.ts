import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FenceAuthorityHandlers } from '@app/fence';
import { startNats, type StackServer } from '@tools/stack';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectNats, type NatsLink } from './connection.js';
import { NatsDoorbell } from './doorbell.js';
import { FenceSeal } from './fence-seal.js';
import { serveFence } from './fence-service.js';
import { NatsFenceTransport } from './fence-transport.js';
import { NatsRpcClient, NatsRpcServer } from './rpc-transport.js';

const LONG_MS = 30_000;
const question = { incarnation: 'incarnation-1', nonce: 'nonce-1' };
const unanswered = (): Promise<never> => Promise.reject(new Error('Not in this test.'));

/** Both sides of everything, as two processes have them. */
interface World {
  readonly keys: NatsLink;
  readonly gateway: NatsLink;
  /** What the first has told its log. */
  readonly said: readonly string[];
  fence(deadlineMs: number): Promise<unknown>;
  rpc(): Promise<unknown>;
  /** Resolves when a push is acknowledged; it is repeated until then. */
  pushed(): Promise<void>;
  /** Resolves when the bell is heard; it is rung until then. */
  rung(): Promise<void>;
}

const repeated = (act: (done: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearInterval(repeat);
      resolve();
    };
    const repeat = setInterval(() => act(done), 20);
    act(done);
  });

const openWorld = async (url: string): Promise<World> => {
  const said: string[] = [];
  const linkOf = (user: string): Promise<NatsLink> =>
    connectNats({
      url,
      user,
      password: '',
      name: user,
      onStatus: ({ text }) => {
        if (user === 'keys') said.push(text);
      },
    });
  const [keys, gateway] = await Promise.all([linkOf('keys'), linkOf('gateway')]);
  const seal = new FenceSeal(randomBytes(32));
  const authority: FenceAuthorityHandlers = {
    join: unanswered,
    renew: unanswered,
    fill: unanswered,
    strongRead: unanswered,
    barrier: unanswered,
    leave: ({ nonce }) => Promise.resolve({ nonce }),
  };
  await serveFence(keys, authority, seal).listening();
  const server = new NatsRpcServer(keys, 'keys');
  server.addHandler('keys.fetch-key', (data) => Promise.resolve({ data }));
  await new Promise<void>((resolve) => server.listen(() => resolve()));
  const [authoritysEnd, nodesEnd] = [new NatsFenceTransport(keys, seal), new NatsFenceTransport(gateway, seal)];
  nodesEnd.onPush(({ nonce }) => ({ incarnation: 'incarnation-1', nonce }));
  const [bell, otherBell] = [new NatsDoorbell(keys), new NatsDoorbell(gateway)];
  let heard = (): void => {};
  otherBell.onRing(() => heard());
  await gateway.connection.flush();
  return {
    keys,
    gateway,
    said,
    fence: (deadlineMs) => nodesEnd.leave(question, deadlineMs),
    rpc: () => firstValueFrom(new NatsRpcClient(gateway).send('keys.fetch-key', 'k-1')),
    pushed: async () => {
      const ended = new AbortController();
      await repeated((done) => authoritysEnd.push({ pos: 1, names: [], nonce: 'barrier-1' }, done, ended.signal));
      ended.abort();
    },
    rung: () =>
      repeated((done) => {
        heard = done;
        bell.ring();
      }),
  };
};

const worksAgain = async (world: World): Promise<void> => {
  await vi.waitFor(() => expect([world.keys.connected, world.gateway.connected]).toEqual([true, true]), { timeout: LONG_MS });
  // The other side may be a moment behind.
  await vi.waitFor(async () => expect(await world.fence(LONG_MS)).toEqual({ nonce: 'nonce-1' }), { timeout: LONG_MS });
  await vi.waitFor(async () => expect(await world.rpc()).toEqual({ data: 'k-1' }), { timeout: LONG_MS });
  await Promise.all([world.pushed(), world.rung()]);
};
/** Resolves when both ends have heard this from their driver so often since now. */
const attempts = async ({ keys, gateway }: World, type: 'reconnecting' | 'error', times: number): Promise<void> => {
  await Promise.all(
    [keys, gateway].map(async ({ connection }) => {
      let heard = 0;
      for await (const status of connection.status()) {
        if (status.type === type) heard += 1;
        if (heard === times) return;
      }
    }),
  );
};
const lost = (world: World): Promise<void> =>
  vi.waitFor(() => expect([world.keys.connected, world.gateway.connected]).toEqual([false, false]), { timeout: LONG_MS });

describe('a lost connection to NATS', () => {
  let nats: StackServer;
  let world: World;
  beforeEach(async () => {
    nats = await startNats({ jetStream: false });
    world = await openWorld(nats.url);
  });
  afterEach(async () => {
    await Promise.all([world.keys.drain(1_000), world.gateway.drain(1_000)]);
    await nats.stop();
  });

  it('questions, pushes, requests and the doorbell work again when the server is back, again and again', async () => {
    await worksAgain(world);
    for (let time = 0; time < 2; time += 1) {
      const failed = attempts(world, 'reconnecting', 4);
      await nats.kill();
      await lost(world);
      await failed;
      await nats.restart();
      await worksAgain(world);
    }
  });

  it('meanwhile questions and requests reject at once, and pushes and rings pile up nowhere', async () => {
    await nats.kill();
    await lost(world);
    await expect(world.fence(10 * LONG_MS)).rejects.toThrow('cannot be reached');
    await expect(world.rpc()).rejects.toThrow('cannot be reached');
    const sentBefore = world.keys.connection.stats().outBytes;
    const transport = new NatsFenceTransport(world.keys, new FenceSeal(randomBytes(32)));
    for (let time = 0; time < 1_000; time += 1) {
      transport.push({ pos: 1, names: ['user-1'], nonce: 'barrier-1' }, () => {}, new AbortController().signal);
      new NatsDoorbell(world.keys).ring();
    }
    await Promise.resolve();
    expect(world.keys.connection.stats().outBytes).toBe(sentBefore);
    expect(world.keys.inbox.openRoutes).toBe(0);
  });

  it('a server that is silent is noticed within seconds, questions keep their deadline meanwhile, and all works when it answers again', async () => {
    nats.pause();
    await expect(world.fence(100)).rejects.toThrow('in time');
    // Three pings of two seconds; with the driver's defaults it would take six minutes.
    await lost(world);
    nats.resume();
    await worksAgain(world);
  });

  it('a server that does not know its users for a while is tried until it does', async () => {
    const refused = attempts(world, 'error', 4);
    await nats.kill();
    const other = await startNats({ port: nats.port, jetStream: false, configFile: join(import.meta.dirname, 'testing', 'other-users.conf') });
    await refused;
    await other.stop();
    await nats.restart();
    await worksAgain(world);
  });

  it('a drain ends at its deadline, whether the server is gone or silent', async () => {
    nats.pause();
    await world.keys.drain(100);
    // Not because the driver has given the server up.
    expect(world.said).toEqual(['The connection to NATS is closed.']);
    expect(world.keys.connection.isClosed()).toBe(true);
    nats.resume();
    await nats.kill();
    await world.gateway.drain(100);
    expect(world.gateway.connection.isClosed()).toBe(true);
  });
});

describe('the first connection to NATS', () => {
  it('is waited for until the server appears, and says why it is not there', async () => {
    const nats = await startNats({ jetStream: false });
    await nats.kill();
    const said: string[] = [];
    const connecting = connectNats({ url: nats.url, user: 'keys', password: 'hush', name: 'keys', onStatus: ({ text }) => said.push(text) });
    await vi.waitFor(() => expect(said.length).toBeGreaterThan(0));
    await nats.restart();
    const link = await connecting;
    expect(link.connected).toBe(true);
    // Once, however often it tried.
    expect(said).toEqual(['NATS cannot be reached yet: ConnectionError: connection refused']);
    await link.drain(1_000);
    await nats.stop();
  });

  it('is not waited for any more when the process is told to end', async () => {
    const nats = await startNats({ jetStream: false });
    await nats.kill();
    const ending = new AbortController();
    const connecting = connectNats({ url: nats.url, user: 'keys', password: '', name: 'keys', signal: ending.signal });
    ending.abort();
    await expect(connecting).rejects.toThrow('abort');
    await nats.stop();
  });
});
