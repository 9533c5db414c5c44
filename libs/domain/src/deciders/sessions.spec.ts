import { describe, expect, it } from 'vitest';
import type { EnvironmentSettings } from '../environment-settings.js';
import type { DomainEvent } from '../events.js';
import { atPos, given, World } from '../testing/decider-specification.js';
import { ENV, facts, OTHER_ENV } from '../testing/fixtures.js';
import type { RefreshSession, StartSession } from './sessions.js';
import { decideEndSession, decideRefreshSession, decideStartSession, REFRESH_GRACE_MS, sessionUser } from './sessions.js';
import { decideUnblockUser } from './user-endings.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOW = atPos(10);
const ada = facts.user('ada');
const known: readonly DomainEvent[] = [facts.environment(), ada, facts.password('ada')];

const start: StartSession = {
  sessionId: 's', userId: 'ada', environmentId: ENV, familyHash: 'family-s', tokenHash: 's-0', verifiedPasswordHash: 'sealed-hash',
};
const starting = (events: readonly DomainEvent[], over: Partial<StartSession> = {}, at = NOW) => given(...events).when((world) => {
  const cmd = { ...start, ...over };
  return decideStartSession(cmd, { user: world.user(cmd.userId), environment: world.environment(cmd.environmentId) }, at);
});

describe('starting a session', () => {
  it('is a fact of the session and of the user, and lasts the idle days of the environment', () =>
    starting(known).thenAppends(facts.session('s', 'ada', { sessionEpoch: 1, expiresAtMs: NOW + 14 * DAY_MS })));
  it('lasts as long as the environment says', () =>
    starting([...known, facts.settings({ sessionIdleDays: 1 })]).thenAppends(facts.session('s', 'ada', { sessionEpoch: 1, expiresAtMs: NOW + DAY_MS })));
  it('is refused when another password was set while the one given was checked', () =>
    starting(known, { verifiedPasswordHash: 'an earlier hash' }).thenRefused('WRONG_CREDENTIALS'));
  it('is refused when the password was cleared meanwhile', () => starting([...known, facts.passwordCleared('ada')]).thenRefused('WRONG_CREDENTIALS'));
  it('takes a password set again to the same hash: it is the one that was checked', () =>
    starting([...known, facts.password('ada')]).thenAppends(facts.session('s', 'ada', { sessionEpoch: 2, expiresAtMs: NOW + 14 * DAY_MS })));
  it('says of a deleted user, of one who never was and of one of another environment what it says of a wrong password', () => {
    starting([...known, facts.userDeleted('ada')]).thenRefused('WRONG_CREDENTIALS');
    starting(known, { userId: 'eve' }).thenRefused('WRONG_CREDENTIALS');
    starting([...known, facts.environment({}, OTHER_ENV)], { environmentId: OTHER_ENV }).thenRefused('WRONG_CREDENTIALS');
  });
  it('finds nothing in an environment that is not there', () => starting([ada, facts.password('ada')]).thenNotFound());
  it('is refused to a blocked user, and no more once unblocked', () => {
    starting([...known, facts.blocked('ada')]).thenRefused('ACCOUNT_DISABLED');
    starting([...known, facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 4 })])
      .thenAppends(facts.session('s', 'ada', { sessionEpoch: 2, expiresAtMs: NOW + 14 * DAY_MS }));
  });
  it('is refused until the lock ends, and not from then on', () => {
    starting([...known, facts.locked('ada', NOW + 1)]).thenRefused('ACCOUNT_LOCKED');
    starting([...known, facts.locked('ada', NOW)]).thenAppends(facts.session('s', 'ada', { sessionEpoch: 1, expiresAtMs: NOW + 14 * DAY_MS }));
    starting([...known, facts.locked('ada', NOW + 1), facts.unlocked('ada')])
      .thenAppends(facts.session('s', 'ada', { sessionEpoch: 1, expiresAtMs: NOW + 14 * DAY_MS }));
  });
  it('is refused where logging in with a password is switched off', () =>
    starting([...known, facts.settings({ passwordLoginEnabled: false })]).thenRefused('ACTION_DISABLED'));
  it('tells neither of a block nor of a lock to who gave a wrong password', () =>
    starting([...known, facts.blocked('ada'), facts.locked('ada', NOW + 1)], { verifiedPasswordHash: 'another' }).thenRefused('WRONG_CREDENTIALS'));
});

/** A session of ada that began at NOW, and what became of it. */
class Story {
  readonly world: World;

  constructor(...before: readonly DomainEvent[]) {
    this.world = new World([...known, ...before]);
    this.world.append(decideStartSession(start, { user: this.world.user('ada'), environment: this.world.environment(ENV) }, NOW), NOW);
  }

  get states() {
    return { session: this.world.session('s'), user: this.world.user('ada'), environment: this.world.environment(ENV) };
  }

  with(...events: readonly DomainEvent[]): this {
    this.world.append(events, NOW);
    return this;
  }

  decide(shown: string, minted: string, at: number, over: Partial<RefreshSession> = {}): readonly DomainEvent[] {
    return decideRefreshSession({ environmentId: ENV, familyHash: 'family-s', tokenHash: shown, newTokenHash: minted, activeOrgId: null, ...over }, this.states, at);
  }

  refresh(shown: string, minted: string, at: number): this {
    this.world.append(this.decide(shown, minted, at), at);
    return this;
  }

  when(shown: string, at: number, over: Partial<RefreshSession> = {}) {
    return given().when(() => this.decide(shown, 'new', at, over));
  }

  userOf(shown: string, at: number, over: Partial<RefreshSession> = {}): string {
    return sessionUser({ environmentId: ENV, familyHash: 'family-s', tokenHash: shown, ...over }, this.states, at).userId;
  }
}

type Refreshed = Extract<DomainEvent, { type: 'session.refreshed.v1' }>['data'];
const refreshed = (at: number, over: Partial<Refreshed> = {}, ...more: readonly string[]): DomainEvent => ({
  type: 'session.refreshed.v1', tags: ['session-s', ...more],
  data: { sessionId: 's', userId: 'ada', tokenHash: 'new', graceEndsAtMs: at + REFRESH_GRACE_MS, expiresAtMs: at + 14 * DAY_MS, ...over },
});
const reused = facts.sessionEnded('s', 'ada', 'token-reused');
const NEXT = NOW + 900_000;
const GRACE_END = NEXT + REFRESH_GRACE_MS;

describe('refreshing a session', () => {
  it('rotates the token, puts the end off, and gives the token that was replaced its grace', () => new Story().when('s-0', NEXT).thenAppends(refreshed(NEXT)));
  it('takes the new token the next time', () => new Story().refresh('s-0', 's-1', NEXT).when('s-1', NEXT + 900_000).thenAppends(refreshed(NEXT + 900_000)));
  it('takes the replaced token once more within its grace: of two tabs, both stay logged in', () =>
    new Story().refresh('s-0', 's-1', NEXT).when('s-0', GRACE_END - 1)
      .thenAppends(refreshed(NEXT, { graceEndsAtMs: null, expiresAtMs: GRACE_END - 1 + 14 * DAY_MS })));
  it('goes on after a lost answer: the token of the repetition is as good as the one that never arrived', () => {
    const story = new Story().refresh('s-0', 'lost', NEXT).refresh('s-0', 's-1', NEXT + 1000);
    story.when('s-1', NEXT + 900_000).thenAppends(refreshed(NEXT + 900_000));
    story.when('lost', NEXT + 900_000).thenAppends(refreshed(NEXT + 900_000));
  });
  it('a repetition puts the end of the grace off for nobody', () =>
    new Story().refresh('s-0', 's-1', NEXT).refresh('s-0', 's-2', GRACE_END - 1).when('s-0', GRACE_END).thenAppends(reused));
  it('ends the session when a replaced token is shown after its grace', () => new Story().refresh('s-0', 's-1', NEXT).when('s-0', GRACE_END).thenAppends(reused));
  it('of two lines that forked, the one that stays behind ends the session', () => {
    const story = new Story().refresh('s-0', 's-1', NEXT).refresh('s-0', 's-2', NEXT + 1).refresh('s-1', 's-3', NEXT + HOUR_MS);
    story.when('s-2', NEXT + HOUR_MS + REFRESH_GRACE_MS).thenAppends(reused);
    story.when('s-2', NEXT + HOUR_MS + REFRESH_GRACE_MS - 1).thenAppends(
      refreshed(0, { graceEndsAtMs: null, expiresAtMs: NEXT + HOUR_MS + REFRESH_GRACE_MS - 1 + 14 * DAY_MS }));
    story.refresh('s-2', 'any', NEXT + HOUR_MS + REFRESH_GRACE_MS).when('s-3', NEXT + 2 * HOUR_MS).thenRefused('SESSION_OVER');
  });
  it('a token that the session never had ends it too, when its family fits: only who held a token can make one up', () =>
    new Story().when('never', NEXT).thenAppends(reused));
  it('a made-up token of another family changes nothing', () => {
    new Story().when('never', NEXT, { familyHash: 'family-x' }).thenRefused('SESSION_OVER');
    new Story().when('s-0', NEXT, { familyHash: 'family-x' }).thenRefused('SESSION_OVER');
  });
  it('through another environment finds no session', () => new Story().when('s-0', NEXT, { environmentId: OTHER_ENV }).thenRefused('SESSION_OVER'));
  it('of a session that never was is refused', () =>
    given().when(() => decideRefreshSession(
      { environmentId: ENV, familyHash: 'f', tokenHash: 't', newTokenHash: 'new', activeOrgId: null }, { ...new Story().states, session: null }, NEXT,
    )).thenRefused('SESSION_OVER'));
  it('with the states of another user is refused', () =>
    given().when(() => decideRefreshSession(
      { environmentId: ENV, familyHash: 'family-s', tokenHash: 's-0', newTokenHash: 'new', activeOrgId: null },
      { ...new Story(facts.user('bob'), facts.password('bob')).states, user: new Story(facts.user('bob'), facts.password('bob')).world.user('bob') }, NEXT,
    )).thenRefused('SESSION_OVER'));
});

describe('a session expires', () => {
  const end = NOW + 14 * DAY_MS;
  it('its idle days after it began, to the millisecond', () => {
    new Story().when('s-0', end).thenRefused('SESSION_OVER');
    new Story().when('s-0', end - 1).thenAppends(refreshed(end - 1, {}, 'user-ada'));
  });
  it('its idle days after the last refresh', () => {
    const story = new Story().refresh('s-0', 's-1', NEXT);
    story.when('s-1', NEXT + 14 * DAY_MS - 1).thenAppends(refreshed(NEXT + 14 * DAY_MS - 1, {}, 'user-ada'));
    story.when('s-1', NEXT + 14 * DAY_MS).thenRefused('SESSION_OVER');
  });
  it('by the idle days of the moment of the refresh', () =>
    new Story().with(facts.settings({ sessionIdleDays: 2 })).when('s-0', NEXT).thenAppends(refreshed(NEXT, { expiresAtMs: NEXT + 2 * DAY_MS })));
});

describe('the last activity of the user', () => {
  it('moves with a refresh an hour later, and not sooner: not every refresh is a commit in the history of the user', () => {
    new Story().when('s-0', NOW + HOUR_MS - 1).thenAppends(refreshed(NOW + HOUR_MS - 1));
    new Story().when('s-0', NOW + HOUR_MS).thenAppends(refreshed(NOW + HOUR_MS, {}, 'user-ada'));
  });
  it('is that of the refresh which moved it', () => {
    const lastActive = (...at: readonly number[]) =>
      at.reduce((story, time, index) => story.refresh(`s-${index}`, `s-${index + 1}`, time), new Story()).world.user('ada')?.lastActiveAtMs;
    expect(lastActive()).toBe(NOW);
    expect(lastActive(NEXT)).toBe(NOW);
    expect(lastActive(NEXT, NOW + HOUR_MS)).toBe(NOW + HOUR_MS);
  });
});

describe('the organization of the new access token', () => {
  const orgs = [facts.organization('o1'), facts.joined('ada', 'o1')];
  it('may be any that the user is in', () => new Story(...orgs).when('s-0', NEXT, { activeOrgId: 'o1' }).thenAppends(refreshed(NEXT)));
  it('is refused, and the token not rotated, when the user is not in it or not any more', () => {
    new Story().when('s-0', NEXT, { activeOrgId: 'o1' }).thenRefused('NOT_A_MEMBER');
    new Story(...orgs, facts.left('ada', 'o1')).when('s-0', NEXT, { activeOrgId: 'o1' }).thenRefused('NOT_A_MEMBER');
    new Story(...orgs).when('s-0', NEXT, { activeOrgId: 'constructor' }).thenRefused('NOT_A_MEMBER');
  });
  it('saves no session whose token was stolen', () =>
    new Story().refresh('s-0', 's-1', NEXT).when('s-0', GRACE_END, { activeOrgId: 'o1' }).thenAppends(reused));
});

const endings: readonly (readonly [string, readonly DomainEvent[]])[] = [
  ['a block', [facts.blocked('ada')]],
  ['a block that was taken back: it does not come to life again', [facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 5, reinstate: true })]],
  ['deleting the user', [facts.userDeleted('ada')]],
  ['the end of all sessions', [facts.sessionsEnded('ada')]],
  ['another password', [facts.password('ada')]],
  ['no password any more', [facts.passwordCleared('ada')]],
  ['a log-out', [facts.sessionEnded('s', 'ada')]],
  ['a stolen token', [reused]],
];

describe.each(endings)('%s', (_, events) => {
  it('ends the session for refreshes and for who asks whose it is', () => {
    new Story().with(...events).when('s-0', NEXT).thenRefused('SESSION_OVER');
    expect(() => new Story().with(...events).userOf('s-0', NEXT)).toThrow('SESSION_OVER');
  });
  it('ends no session that began later', () => {
    const world = new Story().with(...events, ...(events.some(({ type }) => type === 'user.blocked.v1') ? [facts.unblocked('ada')] : [])).world;
    if (world.user('ada')?.deleted === true) return;
    world.append([facts.password('ada')], NOW);
    const later = { ...start, sessionId: 't', tokenHash: 't-0', familyHash: 'family-t' };
    world.append(decideStartSession(later, { user: world.user('ada'), environment: world.environment(ENV) }, NOW), NOW);
    const shown = { environmentId: ENV, familyHash: 'family-t', tokenHash: 't-0' };
    expect(sessionUser(shown, { session: world.session('t'), user: world.user('ada') }, NEXT).userId).toBe('ada');
  });
});

describe('what does not concern a session', () => {
  it.each<[string, readonly DomainEvent[]]>([
    ['a lock of the login', [facts.locked('ada', Number.MAX_SAFE_INTEGER)]],
    ['a lock that is taken back', [facts.locked('ada', 1), facts.unlocked('ada')]],
    ['the end of another session', [facts.session('t', 'ada'), facts.sessionEnded('t', 'ada')]],
    ['another user', [facts.user('bob'), facts.blocked('bob'), facts.sessionsEnded('bob')]],
    ['logging in being switched off', [facts.settings({ passwordLoginEnabled: false } satisfies Partial<EnvironmentSettings>)]],
  ])('%s leaves it alone', (_, events) => expect(new Story().with(...events).userOf('s-0', NEXT)).toBe('ada'));

  it('unblocking is what it was: an unblock of somebody who has sessions says nothing about them', () => {
    const { world } = new Story().with(facts.blocked('ada'));
    given().when(() => decideUnblockUser({ userId: 'ada', environmentId: ENV }, { user: world.user('ada'), environment: world.environment(ENV) }))
      .thenAppends(facts.unblocked('ada', { blockedPos: 5 }));
  });
});

describe('asking whose a session is', () => {
  it('answers to the newest token, and to the one before it within its grace', () => {
    const story = new Story().refresh('s-0', 's-1', NEXT);
    expect([story.userOf('s-1', GRACE_END), story.userOf('s-0', GRACE_END - 1)]).toEqual(['ada', 'ada']);
  });
  it('is refused to an older one', () => expect(() => new Story().refresh('s-0', 's-1', NEXT).userOf('s-0', GRACE_END)).toThrow('SESSION_OVER'));
  it('is refused to another family, to another environment and after the end', () => {
    expect(() => new Story().userOf('s-0', NEXT, { familyHash: 'family-x' })).toThrow('SESSION_OVER');
    expect(() => new Story().userOf('s-0', NEXT, { environmentId: OTHER_ENV })).toThrow('SESSION_OVER');
    expect(() => new Story().userOf('s-0', NOW + 14 * DAY_MS)).toThrow('SESSION_OVER');
  });
});

describe('logging out', () => {
  const leaving = (story: Story, over: { readonly familyHash?: string; readonly tokenHash?: string; readonly environmentId?: string } = {}) =>
    given().when(() => decideEndSession({ environmentId: ENV, familyHash: 'family-s', tokenHash: 's-0', ...over }, story.states));

  it('ends the session', () => leaving(new Story()).thenAppends(facts.sessionEnded('s', 'ada')));
  it('works with any token that the session ever had', () =>
    leaving(new Story().refresh('s-0', 's-1', NEXT).refresh('s-1', 's-2', NEXT + HOUR_MS)).thenAppends(facts.sessionEnded('s', 'ada')));
  it('twice is already done, and the first reason stays', () => {
    leaving(new Story().with(facts.sessionEnded('s', 'ada'))).thenNothing();
    const ended = new Story().with(reused, facts.sessionEnded('s', 'ada'));
    leaving(ended).thenNothing();
    expect(ended.states.session?.ended).toBe('token-reused');
  });
  it('is refused to a made-up token, through another environment and for no session', () => {
    leaving(new Story(), { familyHash: 'family-x' }).thenRefused('SESSION_OVER');
    leaving(new Story(), { environmentId: OTHER_ENV }).thenRefused('SESSION_OVER');
    given().when(() => decideEndSession({ environmentId: ENV, familyHash: 'f', tokenHash: 't' }, { session: null })).thenRefused('SESSION_OVER');
  });
});
