import { randomBytes } from 'node:crypto';
import { FenceSeal, type NatsLink, NatsBarrierTransport, NatsDoorbell, NatsFenceTransport, NatsRpcClient, NatsRpcServer, serveFence } from '@app/adapters/nats';
import type { AckMessage, FenceAuthorityHandlers, PushMessage } from '@app/fence';
import { firstValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NatsWithUsers, type User } from '@test/support/servers/nats-users.js';

const LONG_MS = 30_000;
const question = { incarnation: 'incarnation-1', nonce: 'nonce-1' };
const secret = randomBytes(32);
const kinds = ['join', 'leave', 'renew', 'fill', 'strongRead', 'barrier'] as const;
type Kind = (typeof kinds)[number];

/** With the project's nats.conf, so that this also shows that it lets through what it must. */
describe("the fence's secret", () => {
  let nats: NatsWithUsers;
  let links: NatsLink[];
  /** Of the authority: what it was asked and did. */
  let asked: Kind[];
  let keys: NatsLink;
  let keysSeal: FenceSeal;

  const linkOf = async (user: User): Promise<NatsLink> => {
    const link = await nats.link(user);
    links.push(link);
    return link;
  };
  const answered = <Answer>(kind: Kind, answer: Answer): Promise<Answer> => {
    asked.push(kind);
    return Promise.resolve(answer);
  };
  const records = { nonce: 'nonce-1', now: 1, resolved: [], records: [] };
  const authority: FenceAuthorityHandlers = {
    join: () => answered('join', { nonce: 'nonce-1', leaseMs: 5_000, feedFloor: 1, hash: 'a', logHash: 'b' }),
    leave: () => answered('leave', { nonce: 'nonce-1' }),
    renew: () => answered('renew', { nonce: 'nonce-1', kind: 'refused' }),
    fill: () => answered('fill', records),
    strongRead: () => answered('strongRead', records),
    barrier: () => answered('barrier', undefined),
  };
  const ask = (link: NatsLink, seal: FenceSeal, kind: Kind, deadlineMs: number): Promise<unknown> => {
    const node = new NatsFenceTransport(link, seal);
    switch (kind) {
      case 'join':
      case 'leave':
        return node[kind](question, deadlineMs);
      case 'renew':
        return node.renew({ ...question, applied: 1, hash: 'a' }, deadlineMs);
      case 'fill':
      case 'strongRead':
        return node[kind]({ ...question, digests: [], names: [] }, deadlineMs);
      case 'barrier':
        return new NatsBarrierTransport(link, seal).barrier({ ...question, pos: 1, names: [] }, deadlineMs);
    }
  };

  beforeAll(async () => {
    nats = await NatsWithUsers.start();
  });
  afterAll(() => nats.server.stop());
  beforeEach(async () => {
    links = [];
    asked = [];
    keys = await linkOf('keys');
    keysSeal = new FenceSeal(secret);
    await serveFence(keys, authority, keysSeal).listening();
  });
  afterEach(async () => {
    await Promise.all(links.map((link) => link.drain(1_000)));
  });

  it.each([
    ['gateway', ['join', 'leave', 'renew', 'fill', 'strongRead']],
    ['validation', ['join', 'leave', 'renew', 'fill', 'strongRead']],
    ['directory', ['barrier']],
  ] as const)('%s, which has it, is answered all that it asks', async (user, mayAsk) => {
    const link = await linkOf(user);
    for (const kind of mayAsk) expect(await ask(link, new FenceSeal(secret), kind, LONG_MS)).toMatchObject({ nonce: 'nonce-1' });
    expect(asked).toEqual(mayAsk);
  });

  it.each(['gateway', 'validation', 'directory', 'operator', 'team'] as const)(
    '%s without it is told nothing and changes nothing, whatever it may send',
    async (user) => {
      const link = await linkOf(user);
      const without = new FenceSeal(randomBytes(32));
      await Promise.all(kinds.map((kind) => expect(ask(link, without, kind, 300)).rejects.toThrow('in time')));
      expect(asked).toEqual([]);
      // What its user may send arrived, and was refused by the seal; the rest NATS kept away.
      const arrived = { gateway: 6, validation: 5, directory: 1, operator: 6, team: 0 }[user];
      await vi.waitFor(() => expect(keysSeal.refused).toBe(arrived));
    },
  );

  it.each(['gateway', 'validation'] as const)('%s applies no push of a process without it, and none that was changed', async (user) => {
    const applied: PushMessage[] = [];
    const node = await linkOf(user);
    const seal = new FenceSeal(secret);
    new NatsFenceTransport(node, seal).onPush((message) => {
      applied.push(message);
      return { incarnation: 'incarnation-1', nonce: message.nonce };
    });
    await node.connection.flush();
    const push = { pos: 9, names: ['user-1'], nonce: 'barrier-1' };
    const changed = Buffer.from(new FenceSeal(secret).seal(['push', 'fence.push'], push))
      .toString('latin1')
      .replace('user-1', 'user-2');
    keys.connection.publish('fence.push', Buffer.from(changed, 'latin1'));
    const ended = new AbortController();
    const heard: AckMessage[] = [];
    new NatsFenceTransport(keys, new FenceSeal(randomBytes(32))).push(push, (ack) => heard.push(ack), ended.signal);
    await new Promise<void>((resolve) => {
      new NatsFenceTransport(keys, new FenceSeal(secret)).push({ ...push, nonce: 'barrier-2' }, () => resolve(), ended.signal);
    });
    ended.abort();
    expect({ applied: applied.map(({ nonce }) => nonce), heard, refused: seal.refused }).toEqual({ applied: ['barrier-2'], heard: [], refused: 2 });
  });

  it('an acknowledgement of a process without it counts for no node', async () => {
    const [liar, node] = [await linkOf('validation'), await linkOf('gateway')];
    liar.subscribe('fence.push', null, (message) =>
      message.respond(new FenceSeal(randomBytes(32)).seal(['ack', 'fence.push', 'barrier-1'], { incarnation: 'incarnation-1', nonce: 'barrier-1' })),
    );
    await liar.connection.flush();
    const ended = new AbortController();
    const heard: AckMessage[] = [];
    const transport = new NatsFenceTransport(keys, keysSeal);
    const push = (): void => transport.push({ pos: 9, names: [], nonce: 'barrier-1' }, (ack) => heard.push(ack), ended.signal);
    push();
    await vi.waitFor(() => expect(keysSeal.refused).toBe(1));
    expect(heard).toEqual([]);
    new NatsFenceTransport(node, new FenceSeal(secret)).onPush(({ nonce }) => ({ incarnation: 'incarnation-2', nonce }));
    await node.connection.flush();
    push();
    await vi.waitFor(() => expect(heard).toEqual([{ incarnation: 'incarnation-2', nonce: 'barrier-1' }]));
    ended.abort();
  });

  it.each(['gateway', 'validation'] as const)('%s may acknowledge every repeat of a push', async (user) => {
    const node = await linkOf(user);
    new NatsFenceTransport(node, new FenceSeal(secret)).onPush(({ nonce }) => ({ incarnation: 'incarnation-1', nonce }));
    await node.connection.flush();
    const [ended, heard] = [new AbortController(), vi.fn()];
    const transport = new NatsFenceTransport(keys, keysSeal);
    for (let repeat = 1; repeat <= 3; repeat += 1) {
      transport.push({ pos: 9, names: [], nonce: 'barrier-1' }, heard, ended.signal);
      await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(repeat));
    }
    ended.abort();
  });

  it('requests and the doorbell pass too', async () => {
    const directory = await linkOf('directory');
    for (const [service, link, subject] of [
      ['directory', directory, 'directory.create-user'],
      ['keys', keys, 'keys.usage'],
    ] as const) {
      const server = new NatsRpcServer(link, service);
      server.addHandler(subject, (data) => Promise.resolve({ service, data }));
      await new Promise<void>((resolve) => server.listen(() => resolve()));
    }
    const call = async (user: User, subject: string): Promise<unknown> => firstValueFrom(new NatsRpcClient(await linkOf(user)).send(subject, 'x'));
    expect(await call('gateway', 'directory.create-user')).toEqual({ service: 'directory', data: 'x' });
    expect(await call('operator', 'directory.create-user')).toEqual({ service: 'directory', data: 'x' });
    expect(await call('gateway', 'keys.usage')).toEqual({ service: 'keys', data: 'x' });
    expect(await call('validation', 'keys.usage')).toEqual({ service: 'keys', data: 'x' });
    const [heard, rung] = [vi.fn(), new NatsDoorbell(keys)];
    new NatsDoorbell(directory).onRing(heard);
    await directory.connection.flush();
    rung.ring();
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
  });
});
