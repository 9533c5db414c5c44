import { randomBytes } from 'node:crypto';
import { type FenceAuthorityHandlers, FenceUnavailable, type PushMessage } from '@app/fence';
import { startNats, type StackServer } from '@tools/stack';
import { firstValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectNats, type NatsLink, type NatsStatus } from './connection.js';
import { NatsDoorbell } from './doorbell.js';
import { FenceSeal } from './fence-seal.js';
import { serveFence } from './fence-service.js';
import { NatsBarrierTransport, NatsFenceTransport } from './fence-transport.js';
import { MessageTooLarge, NatsRpcClient, NatsRpcServer } from './rpc-transport.js';

const LONG_MS = 30_000;
const secret = randomBytes(32);
const question = { incarnation: 'incarnation-1', nonce: 'nonce-1' };
const unanswered = (): Promise<never> => Promise.reject(new Error('Not in this test.'));
const authorityThat = (answers: Partial<FenceAuthorityHandlers>): FenceAuthorityHandlers => ({
  join: unanswered,
  leave: unanswered,
  renew: unanswered,
  fill: unanswered,
  strongRead: unanswered,
  barrier: unanswered,
  ...answers,
});

const gate = (): { readonly opened: Promise<void>; open(): void } => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
};

let nats: StackServer;
let service: NatsLink;
let asker: NatsLink;
let seal: FenceSeal;
let reported: NatsStatus[];
beforeAll(async () => {
  nats = await startNats({ jetStream: false });
});
afterAll(() => nats.stop());
beforeEach(async () => {
  reported = [];
  seal = new FenceSeal(secret);
  [service, asker] = (await Promise.all(
    ['service', 'asker'].map((user) => connectNats({ url: nats.url, user, password: '', name: user, onStatus: (status) => reported.push(status) })),
  )) as [NatsLink, NatsLink];
});
afterEach(async () => {
  await Promise.all([service.drain(1_000), asker.drain(1_000)]);
});

describe('the fence over NATS', () => {
  it('a barrier is a question: position and names arrive, and its end is the answer', async () => {
    const heard: unknown[] = [];
    await serveFence(service, authorityThat({ barrier: (pos, names) => Promise.resolve(void heard.push({ pos, names })) }), seal).listening();
    expect(await new NatsBarrierTransport(asker, seal).barrier({ ...question, pos: 7, names: ['user-1'] }, LONG_MS)).toEqual({ nonce: 'nonce-1' });
    expect(heard).toEqual([{ pos: 7, names: ['user-1'] }]);
  });

  it('a barrier that fails does not mean that no node is behind', async () => {
    await serveFence(service, authorityThat({ barrier: () => Promise.reject(new FenceUnavailable('the authority is starting')) }), seal).listening();
    await expect(new NatsBarrierTransport(asker, seal).barrier({ ...question, pos: 7, names: [] }, 10 * LONG_MS)).rejects.toThrow(FenceUnavailable);
    expect(reported).toEqual([]);
  });

  it.each([
    ['bytes', randomBytes(100)],
    ['nothing', new Uint8Array()],
    ['JSON without a seal', Buffer.from(JSON.stringify(question))],
    ["another secret's seal", new FenceSeal(randomBytes(32)).seal(['question', 'keys.fence.leave'], question)],
    ["another question's seal", new FenceSeal(secret).seal(['question', 'keys.fence.join'], question)],
    ["an answer's seal", new FenceSeal(secret).seal(['answer', 'keys.fence.leave', 'incarnation-1', 'nonce-1'], question)],
    ['another shape', new FenceSeal(secret).seal(['question', 'keys.fence.leave'], { incarnation: 1 })],
  ])('a question that is %s reaches no handler, gets no answer and is counted; the next one is answered', async (_, bytes) => {
    const asked: string[] = [];
    await serveFence(service, authorityThat({ leave: ({ nonce }) => Promise.resolve({ nonce: (asked.push(nonce), nonce) }) }), seal).listening();
    let answers = 0;
    const route = asker.inbox.open(() => {
      answers += 1;
    });
    asker.connection.publish('keys.fence.leave', bytes, { reply: route.subject });
    expect(await new NatsFenceTransport(asker, seal).leave({ ...question, nonce: 'nonce-2' }, LONG_MS)).toEqual({ nonce: 'nonce-2' });
    expect({ asked, answers, refused: seal.refused }).toEqual({ asked: ['nonce-2'], answers: 0, refused: 1 });
  });

  it('answers that are not the answer to this question are passed over for the one that is', async () => {
    const answerAs = new FenceSeal(secret);
    service.subscribe('keys.fence.leave', null, (message) => {
      message.respond(message.data);
      message.respond(answerAs.seal(['answer', 'keys.fence.leave', 'incarnation-1', 'nonce-0'], { nonce: 'nonce-1' }));
      message.respond(answerAs.seal(['answer', 'keys.fence.leave', 'incarnation-2', 'nonce-1'], { nonce: 'nonce-1' }));
      message.respond(answerAs.seal(['answer', 'keys.fence.join', 'incarnation-1', 'nonce-1'], { nonce: 'nonce-1' }));
      message.respond(new FenceSeal(randomBytes(32)).seal(['answer', 'keys.fence.leave', 'incarnation-1', 'nonce-1'], { nonce: 'nonce-1' }));
      message.respond(answerAs.seal(['answer', 'keys.fence.leave', 'incarnation-1', 'nonce-1'], { nonce: 'nonce-1' }));
    });
    await service.connection.flush();
    expect(await new NatsFenceTransport(asker, seal).leave(question, LONG_MS)).toEqual({ nonce: 'nonce-1' });
    expect(seal.refused).toBe(5);
  });

  it('no false push is applied, no false acknowledgement is heard, and an apply that throws acknowledges nothing', async () => {
    const applied: string[] = [];
    new NatsFenceTransport(asker, seal).onPush((message: PushMessage) => {
      applied.push(message.nonce);
      if (message.nonce === 'throws') throw new Error('broken');
      return { incarnation: 'incarnation-1', nonce: message.nonce };
    });
    service.subscribe('fence.push', null, (message) => {
      message.respond(message.data);
      message.respond(new FenceSeal(randomBytes(32)).seal(['ack', 'fence.push', 'right'], { incarnation: 'incarnation-2', nonce: 'right' }));
      message.respond(new FenceSeal(secret).seal(['ack', 'fence.push', 'another'], { incarnation: 'incarnation-2', nonce: 'right' }));
    });
    await asker.connection.flush();
    const wrong = new FenceSeal(randomBytes(32)).seal(['push', 'fence.push'], { pos: 1, names: [], nonce: 'wrong' });
    for (const bytes of [wrong, randomBytes(40), new Uint8Array()]) service.connection.publish('fence.push', bytes);
    const heard: string[] = [];
    const transport = new NatsFenceTransport(service, new FenceSeal(secret));
    const ended = new AbortController();
    await new Promise<void>((resolve) => {
      transport.push({ pos: 2, names: [], nonce: 'throws' }, (ack) => heard.push(ack.nonce), ended.signal);
      transport.push(
        { pos: 3, names: [], nonce: 'right' },
        (ack) => {
          heard.push(`${ack.incarnation} ${ack.nonce}`);
          resolve();
        },
        ended.signal,
      );
    });
    ended.abort();
    expect({ applied, heard, refused: seal.refused }).toEqual({ applied: ['throws', 'right'], heard: ['incarnation-1 right'], refused: 3 });
    expect(reported.map(({ text }) => text)).toEqual(['A message on fence.push was not handled: Error: broken']);
    expect(service.inbox.openRoutes).toBe(0);
  });

  it('stop responds to what has arrived, takes nothing new, and leaves that to other replicas', async () => {
    const [arrived, finish] = [gate(), gate()];
    const barrier = (): Promise<void> => {
      arrived.open();
      return finish.opened;
    };
    const first = serveFence(service, authorityThat({ barrier, leave: () => Promise.resolve({ nonce: 'of the stopped one' }) }), seal);
    await first.listening();
    const answer = new NatsBarrierTransport(asker, seal).barrier({ ...question, pos: 1, names: [] }, LONG_MS);
    await arrived.opened;
    const done = vi.fn();
    const stopped = first.stop(LONG_MS).then(done);
    await service.connection.flush();
    await expect(new NatsFenceTransport(asker, seal).leave(question, 10 * LONG_MS)).rejects.toThrow('no authority listens');
    expect(done).not.toHaveBeenCalled();
    finish.open();
    expect(await answer).toEqual({ nonce: 'nonce-1' });
    await stopped;
  });

  it('an answer that is larger than NATS takes is a failure, told at once', async () => {
    const name = 'x'.repeat(2_000_000);
    await serveFence(
      service,
      authorityThat({ fill: ({ nonce }) => Promise.resolve({ nonce, now: 1, resolved: [{ digest: 'd', name }], records: [] }) }),
      seal,
    ).listening();
    await expect(new NatsFenceTransport(asker, seal).fill({ ...question, digests: ['d'], names: [] }, 10 * LONG_MS)).rejects.toThrow('could not answer');
    await expect(new NatsFenceTransport(asker, seal).fill({ ...question, digests: [name], names: [] }, 10 * LONG_MS)).rejects.toThrow('could not be sent');
    expect(asker.inbox.openRoutes).toBe(0);
  });

  it('who waits for an answer when the connection is closed is told so', async () => {
    await serveFence(service, authorityThat({ leave: () => new Promise(() => {}) }), seal).listening();
    const waiting = expect(new NatsFenceTransport(asker, seal).leave(question, 10 * LONG_MS)).rejects.toThrow('closed');
    await asker.drain(1_000);
    await waiting;
    await expect(new NatsFenceTransport(asker, seal).leave(question, 10 * LONG_MS)).rejects.toThrow(FenceUnavailable);
  });
});

describe('request and reply over NATS', () => {
  const serverWith = async (handler: (data: unknown) => Promise<unknown>): Promise<NatsRpcServer> => {
    const server = new NatsRpcServer(service, 'service');
    server.addHandler('keys.fetch-key', handler);
    await new Promise<void>((resolve) => server.listen(() => resolve()));
    return server;
  };
  const ask = (data: unknown): Promise<unknown> => firstValueFrom(new NatsRpcClient(asker).send('keys.fetch-key', data));

  it('a request that is too large is refused as such before it is sent, and the connection stays', async () => {
    await serverWith((data) => Promise.resolve({ data }));
    await expect(ask('x'.repeat(2_000_000))).rejects.toThrow(MessageTooLarge);
    expect(await ask('small')).toEqual({ data: 'small' });
    expect(asker.inbox.openRoutes).toBe(0);
  });

  it('an answer that is too large is "undecided", and so is a handler that throws or a request that is not JSON', async () => {
    await serverWith((data) => (data === 'throw' ? Promise.reject(new Error('inside')) : Promise.resolve('x'.repeat(data === 'large' ? 2_000_000 : 1))));
    const undecided = { ok: false, error: { code: 'UNAVAILABLE', fields: {}, message: 'The service could not answer.', subjectId: null, retryAfterMs: 1_000 } };
    expect(await ask('large')).toEqual(undecided);
    expect(await ask('throw')).toEqual(undecided);
    const answer = await asker.connection.request('keys.fetch-key', '{', { timeout: LONG_MS });
    expect(answer.json()).toEqual(undecided);
  });

  it('a request is read with a byte order mark, and is "undecided" when its bytes are not UTF-8 or empty', async () => {
    await serverWith((data) => Promise.resolve({ data }));
    const answerTo = async (...bytes: readonly (string | readonly number[])[]): Promise<unknown> => {
      const body = Buffer.concat(bytes.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
      return (await asker.connection.request('keys.fetch-key', body, { timeout: LONG_MS })).json();
    };
    expect(await answerTo([0xef, 0xbb, 0xbf], '"é"')).toEqual({ data: 'é' });
    expect(await answerTo('{"a":1,"a":2}')).toEqual({ data: { a: 2 } });
    for (const body of [await answerTo('"', [0xff], '"'), await answerTo('')]) expect(body).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } });
  });

  it('an answer that is not a JSON object rejects', async () => {
    service.subscribe('keys.fetch-key', null, (message) => message.respond('{'));
    await service.connection.flush();
    await expect(ask(1)).rejects.toThrow('not a valid answer');
  });

  it('close finishes what is being handled, takes nothing new, and leaves the connection open', async () => {
    const [arrived, finish] = [gate(), gate()];
    const server = await serverWith(async () => {
      arrived.open();
      await finish.opened;
      return { answer: 'late' };
    });
    const answer = ask('first');
    await arrived.opened;
    const done = vi.fn();
    const closed = server.close().then(done);
    await service.connection.flush();
    await expect(ask('second')).rejects.toThrow('No service answers');
    expect(done).not.toHaveBeenCalled();
    finish.open();
    expect(await answer).toEqual({ answer: 'late' });
    await closed;
    expect(service.connection.isClosed()).toBe(false);
  });
});

describe('the doorbell', () => {
  it('is heard by the others, once for all rings of one step, and not by who rings', async () => {
    const bells = [new NatsDoorbell(service), new NatsDoorbell(asker)] as const;
    const heard = [vi.fn(), vi.fn()] as const;
    bells.forEach((bell, index) => bell.onRing(heard[index]!));
    await Promise.all([service.connection.flush(), asker.connection.flush()]);
    for (let ring = 0; ring < 10; ring += 1) bells[0].ring();
    await Promise.resolve();
    await service.connection.flush();
    await asker.connection.flush();
    expect(heard.map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  });
});
