import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsWithUsers, type RawUser, type User, USERS } from '@test/support/servers/nats-users.js';

const fenceQuestions = ['join', 'leave', 'renew', 'fill', 'read'].map((question) => `keys.fence.${question}`);
const BARRIER = 'keys.fence.barrier';

/** Who may say what. Whatever is not listed here is refused. */
const MAY_PUBLISH: Readonly<Record<User, readonly string[]>> = {
  gateway: ['directory.create-user', 'keys.issue-key', 'keys.usage', ...fenceQuestions, BARRIER],
  directory: [BARRIER, 'log.doorbell'],
  keys: ['fence.push', 'log.doorbell', 'keyfence.events'],
  validation: [...fenceQuestions, 'keys.usage'],
  operator: ['directory.create-user', 'keys.issue-key', 'keys.usage', ...fenceQuestions, BARRIER],
  team: ['keyfence.validate'],
};
const PUBLISHED = [
  ...fenceQuestions,
  BARRIER,
  'fence.push',
  'log.doorbell',
  'directory.create-user',
  'keys.issue-key',
  'keys.usage',
  'keyfence.validate',
  'keyfence.events',
  'teams.team.events',
  '$JS.API.STREAM.INFO.KEYFENCE',
  '$JS.API.STREAM.DELETE.KEYFENCE.x',
  '$SYS.REQ.SERVER.PING',
  // Answers and acknowledgements: no process sends one without having been asked.
  ...USERS.map((user) => `_INBOX_${user}.x`),
];

/** Subject, or subject and queue group. */
const MAY_SUBSCRIBE: Readonly<Record<User, readonly string[]>> = {
  gateway: ['fence.push'],
  directory: ['directory.create-user directory', 'directory.> directory', 'log.doorbell'],
  keys: ['keys.fence.renew keys', 'keys.issue-key keys', 'keys.> keys', 'log.doorbell'],
  validation: ['fence.push', 'keyfence.validate validation'],
  operator: [],
  team: ['teams.team.events'],
};
const SUBSCRIBED = [
  '>',
  '*',
  '*.>',
  '_INBOX.>',
  '_INBOX_*.>',
  'fence.*',
  'fence.>',
  'keys.>',
  'keys.fence.*',
  'directory.>',
  'keyfence.>',
  'teams.>',
  'teams.other.events',
  '$JS.>',
  '$SYS.>',
  'fence.push',
  'log.doorbell',
  'teams.team.events',
  'keyfence.events',
  'keyfence.validate',
  'keyfence.validate validation',
  'keyfence.validate other',
  // Without its group, or in another, a process would hear every question beside those who answer.
  ...fenceQuestions,
  BARRIER,
  'keys.fence.renew keys',
  'keys.fence.renew other',
  'keys.issue-key',
  'keys.issue-key keys',
  'keys.> keys',
  'keys.> other',
  'directory.create-user',
  'directory.create-user directory',
  'directory.> directory',
  'directory.> other',
];

describe('what NATS lets each process say and hear', () => {
  let nats: NatsWithUsers;
  const users = new Map<User, RawUser>();
  const as = (user: User): RawUser => {
    const raw = users.get(user);
    if (raw === undefined) throw new Error(`${user} is not connected.`);
    return raw;
  };
  beforeAll(async () => {
    nats = await NatsWithUsers.start();
    for (const user of USERS) users.set(user, await nats.raw(user));
  });
  afterAll(async () => {
    for (const { connection } of users.values()) await connection.close();
    await nats.server.stop();
  });

  it.each(USERS)('%s may publish what it has to, and nothing else', async (user) => {
    const outcomes = new Map<string, string>();
    for (const subject of PUBLISHED) outcomes.set(subject, await as(user).publishes(subject));
    // The streams are its own.
    const isStreams = (subject: string): boolean => user === 'keys' && subject.startsWith('$JS.API.');
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(PUBLISHED.map((subject) => [subject, MAY_PUBLISH[user].includes(subject) || isStreams(subject) ? 'allowed' : 'refused'])),
    );
  });

  it.each(USERS)('%s may subscribe what it has to, and nothing else', async (user) => {
    const outcomes = new Map<string, string>();
    for (const subscribed of SUBSCRIBED) {
      const [subject = '', queue] = subscribed.split(' ');
      outcomes.set(subscribed, await as(user).subscribes(subject, queue));
    }
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(SUBSCRIBED.map((subscribed) => [subscribed, MAY_SUBSCRIBE[user].includes(subscribed) ? 'allowed' : 'refused'])),
    );
  });

  it.each(USERS)('the inbox of %s is its own: no other user may listen there', async (user) => {
    for (const other of USERS) {
      for (const subject of [`_INBOX_${user}.>`, `_INBOX_${user}.x.1`]) {
        expect([other, subject, await as(other).subscribes(subject)]).toEqual([other, subject, other === user ? 'allowed' : 'refused']);
      }
    }
  });

  it('a question may be answered once, by who got it', async () => {
    const keys = as('keys').connection;
    const reply = new Promise<string>((resolve) => {
      keys.subscribe('keys.answered', { queue: 'keys', callback: (_, message) => resolve(message.reply ?? '') });
    });
    await keys.flush();
    as('gateway').connection.publish('keys.answered', 'x', { reply: '_INBOX_gateway.answered' });
    const outcomes: string[] = [];
    for (let times = 0; times < 3; times += 1) outcomes.push(await as('keys').publishes(await reply));
    expect(outcomes).toEqual(['allowed', 'refused', 'refused']);
  });

  it("no client connects without a password, or with another's", async () => {
    await expect(connect({ servers: nats.server.url })).rejects.toThrow(/authorization violation/i);
    await expect(connect({ servers: nats.server.url, user: 'keys', pass: 'wrong' })).rejects.toThrow(/authorization violation/i);
  });
});
