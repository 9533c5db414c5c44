import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnsweredSubjects, FenceSeal, NatsFenceTransport, type NatsLink, ValidateSubject } from '@app/adapters/nats';
import { NatsWithUsers, type RawUser, type User } from '@test/support/servers/nats-users.js';

const STREAM = 'KEYFENCE';

/** Protects: what a service may say where it was asked. Its user may speak once on whatever subject an asker names. */
describe('an asker who names a subject of JetStream for the answer', () => {
  let nats: NatsWithUsers;
  const links: NatsLink[] = [];
  const raws: RawUser[] = [];
  const linkOf = async (user: User): Promise<NatsLink> => {
    const link = await nats.link(user);
    links.push(link);
    return link;
  };
  const rawOf = async (user: User): Promise<RawUser> => {
    const raw = await nats.raw(user);
    raws.push(raw);
    return raw;
  };
  beforeAll(async () => {
    nats = await NatsWithUsers.start();
    const manager = await jetstreamManager((await rawOf('keys')).connection, { checkAPI: false });
    await manager.streams.add({ name: STREAM, subjects: ['keyfence.events'] });
  });
  afterAll(async () => {
    for (const link of links) await link.drain(1_000);
    for (const { connection } of raws) await connection.close();
    await nats.server.stop();
  });

  const streamNames = async (): Promise<readonly string[]> => {
    const manager = await jetstreamManager((await rawOf('keys')).connection, { checkAPI: false });
    return (await manager.streams.list().next()).map(({ config }) => config.name);
  };
  /** Asks, then has an answer of the same process in its own inbox: what was asked before it was handled before it. */
  const askTwice = async (asker: RawUser, subject: string, body: string | Uint8Array): Promise<void> => {
    asker.connection.publish(subject, body, { reply: `$JS.API.STREAM.DELETE.${STREAM}` });
    await asker.connection.request(subject, body, { timeout: 5_000 });
  };

  it('gets none from a validation', async () => {
    const link = await linkOf('validation');
    // A refusal of a missing backend key has no body, which JetStream takes for a request.
    const subject = new ValidateSubject(link, () => ({ status: 401, requestId: 'r', retryAfter: null, body: '' }));
    await link.connection.flush();
    await askTwice(await rawOf('team'), 'keyfence.validate', '{}');
    await subject.stop();
    expect(await streamNames()).toEqual([STREAM]);
  });

  it('gets none from a service', async () => {
    const link = await linkOf('keys');
    const answered = new AnsweredSubjects(link, [{ subject: 'keys.issue-key', queue: 'keys', answer: () => Promise.resolve(''), failure: () => null }]);
    await answered.listening();
    await askTwice(await rawOf('operator'), 'keys.issue-key', '{}');
    await answered.stop(1_000);
    expect(await streamNames()).toEqual([STREAM]);
  });

  it('gets none from a node that is pushed a change', async () => {
    const link = await linkOf('validation');
    const secret = Buffer.alloc(32, 7);
    let applied = 0;
    new NatsFenceTransport(link, new FenceSeal(secret)).onPush(({ nonce }) => {
      applied += 1;
      return { incarnation: 'i', nonce };
    });
    await link.connection.flush();
    const push = new FenceSeal(secret).seal(['push', 'fence.push'], { pos: 1, names: [], nonce: 'n' });
    await askTwice(await rawOf('keys'), 'fence.push', push);
    expect(applied).toBe(2);
    expect(await streamNames()).toEqual([STREAM]);
  });
});
