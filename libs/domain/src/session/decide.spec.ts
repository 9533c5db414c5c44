import { describe, expect, it } from 'vitest';
import { atPos, given, World } from '@test/support/domain/decider-specification.js';
import { ENV, facts, OTHER_ENV } from '@test/support/domain/fixtures.js';
import type { EnvironmentSettings } from '../environment/settings.js';
import type { DomainEvent } from '../log-events.js';
import { decideUnblockUser } from '../user/decide.js';
import {
  decideEndSession,
  decideRefreshSession,
  decideStartSession,
  REFRESH_GRACE_MS,
  type RefreshSessionCommand,
  userOfToken,
  type StartSessionCommand,
} from './decide.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOW = atPos(10);
const ada = facts.user('ada');
const known: readonly DomainEvent[] = [facts.environment(), ada, facts.password('ada')];

const start: StartSessionCommand = {
  sessionId: 's',
  userId: 'ada',
  environmentId: ENV,
  familyHash: 'family-s',
  tokenHash: 's-0',
  verifiedPasswordHash: 'sealed-hash',
};
const starting = (events: readonly DomainEvent[], over: Partial<StartSessionCommand> = {}, at = NOW) =>
  given(...events).when((world) => {
    const cmd = { ...start, ...over };
    return decideStartSession(
      cmd,
      { session: world.session(cmd.sessionId), user: world.user(cmd.userId), environment: world.environment(cmd.environmentId) },
      at,
    );
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
    starting([...known, facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 4 })]).thenAppends(
      facts.session('s', 'ada', { sessionEpoch: 2, expiresAtMs: NOW + 14 * DAY_MS }),
    );
  });
  it('is refused until the lock ends, and not from then on', () => {
    starting([...known, facts.locked('ada', NOW + 1)]).thenRefused('ACCOUNT_LOCKED');
    starting([...known, facts.locked('ada', NOW)]).thenAppends(facts.session('s', 'ada', { sessionEpoch: 1, expiresAtMs: NOW + 14 * DAY_MS }));
    starting([...known, facts.locked('ada', NOW + 1), facts.unlocked('ada')]).thenAppends(
      facts.session('s', 'ada', { sessionEpoch: 1, expiresAtMs: NOW + 14 * DAY_MS }),
    );
  });
  it('is refused where logging in with a password is disabled', () =>
    starting([...known, facts.settings({ passwordLoginEnabled: false })]).thenRefused('ACTION_DISABLED'));
  it('under the id of a session that there is or was is a fault of the program', () => {
    expect(() => starting([...known, facts.session('s', 'ada')]).thenNothing()).toThrow('must have a new id');
    expect(() => starting([...known, facts.session('s', 'bob'), facts.sessionEnded('s', 'bob')]).thenNothing()).toThrow('must have a new id');
  });
  it('tells neither of a block nor of a lock to who gave a wrong password', () =>
    starting([...known, facts.blocked('ada'), facts.locked('ada', NOW + 1)], { verifiedPasswordHash: 'another' }).thenRefused('WRONG_CREDENTIALS'));
});

/** The token that follows `s-7` is `s-8`. */
const nextOf = (token: string): string => token.replace(/\d+$/, (number) => String(Number(number) + 1));

/** A session of ada that began at NOW, and what became of it; a browser has it unless it says otherwise. */
class Story {
  readonly world: World;

  constructor(...before: readonly DomainEvent[]) {
    this.world = new World([...known, ...before]);
    this.world.append(decideStartSession(start, this.states, NOW), NOW);
  }

  get states() {
    return { session: this.world.session('s'), user: this.world.user('ada'), environment: this.world.environment(ENV) };
  }

  with(...events: readonly DomainEvent[]): this {
    this.world.append(events, NOW);
    return this;
  }

  decide(shown: string, at: number, over: Partial<RefreshSessionCommand> = {}): readonly DomainEvent[] {
    const cmd = { environmentId: ENV, familyHash: 'family-s', tokenHash: shown, newTokenHash: nextOf(shown), mayRepeat: true, activeOrgId: null, ...over };
    return decideRefreshSession(cmd, this.states, at);
  }

  refresh(shown: string, at: number, over: Partial<RefreshSessionCommand> = {}): this {
    this.world.append(this.decide(shown, at, over), at);
    return this;
  }

  when(shown: string, at: number, over: Partial<RefreshSessionCommand> = {}) {
    return given().when(() => this.decide(shown, at, over));
  }

  userOf(shown: string, at: number, over: Partial<RefreshSessionCommand> = {}): string {
    return userOfToken({ environmentId: ENV, familyHash: 'family-s', tokenHash: shown, ...over }, this.states, at).userId;
  }
}

const refreshed = (tokenHash: string, at: number, idleDays = 14): DomainEvent =>
  facts.sessionRefreshed('s', 'ada', tokenHash, { graceEndsAtMs: at + REFRESH_GRACE_MS, expiresAtMs: at + idleDays * DAY_MS });
const moving = (event: DomainEvent): DomainEvent => ({ ...event, tags: [...event.tags, 'user-ada'] });
const reused = facts.sessionEnded('s', 'ada', 'token-reused');
const NEXT = NOW + 900_000;
const GRACE_END = NEXT + REFRESH_GRACE_MS;
const SCRIPT = { mayRepeat: false };
const shownFirst: RefreshSessionCommand = {
  environmentId: ENV,
  familyHash: 'family-s',
  tokenHash: 's-0',
  newTokenHash: 's-1',
  mayRepeat: true,
  activeOrgId: null,
};

describe('refreshing a session', () => {
  it('rotates the token, puts the end off, and gives the token that was replaced its grace', () => {
    new Story().when('s-0', NEXT).thenAppends(refreshed('s-1', NEXT));
    new Story().when('s-0', NEXT, SCRIPT).thenAppends(refreshed('s-1', NEXT));
  });
  it('takes the new token the next time, at once or later', () => {
    const story = new Story().refresh('s-0', NEXT);
    for (const at of [NEXT, GRACE_END, NEXT + 900_000]) story.when('s-1', at, SCRIPT).thenAppends(refreshed('s-2', at));
    for (const at of [GRACE_END, NEXT + 900_000]) story.when('s-1', at).thenAppends(refreshed('s-2', at));
  });
  it('leaves a browser the new token for as long as the one before may be shown: answers overtake each other', () =>
    [NEXT, GRACE_END - 1].forEach((at) => new Story().refresh('s-0', NEXT).when('s-1', at).thenNothing()));
  it('through another environment finds no session', () => new Story().when('s-0', NEXT, { environmentId: OTHER_ENV }).thenRefused('SESSION_OVER'));
  it('of a session that never was is refused', () =>
    given()
      .when(() => decideRefreshSession(shownFirst, { ...new Story().states, session: null }, NEXT))
      .thenRefused('SESSION_OVER'));
  it('with the states of another user is refused', () => {
    const story = new Story(facts.user('bob'), facts.password('bob'));
    given()
      .when(() => decideRefreshSession(shownFirst, { ...story.states, user: story.world.user('bob') }, NEXT))
      .thenRefused('SESSION_OVER');
  });
  it('of a user who is not there any more is refused', () =>
    given()
      .when(() => decideRefreshSession(shownFirst, { ...new Story().states, user: null }, NEXT))
      .thenRefused('SESSION_OVER'));
});

describe('the token before the newest', () => {
  const story = () => new Story().refresh('s-0', NEXT);

  it('may be shown again within its grace, any number of times: the second tab, or who missed the answer, gets what is the newest already', () => {
    const again = story();
    for (const at of [NEXT, NEXT + 1, GRACE_END - 1]) {
      again.when('s-0', at).thenNothing();
      again.refresh('s-0', at);
    }
    again.when('s-1', GRACE_END).thenAppends(refreshed('s-2', GRACE_END));
  });
  it('puts off neither the end of its own grace nor that of the session', () => {
    const again = story().refresh('s-0', GRACE_END - 1);
    expect(again.states.session).toEqual(story().states.session);
    again.when('s-0', GRACE_END).thenAppends(reused);
  });
  it('ends the session after its grace', () => story().when('s-0', GRACE_END).thenAppends(reused));
  it('ends it within the grace too when the presenter has no tabs', () => {
    story().when('s-0', NEXT, SCRIPT).thenAppends(reused);
    story()
      .when('s-0', GRACE_END - 1, SCRIPT)
      .thenAppends(reused);
  });
  it('ends it when another successor is asked for than the newest: one token has one', () =>
    story()
      .when('s-0', NEXT + 1, { newTokenHash: 's-1 of another secret' })
      .thenAppends(reused));
  it('ends it once its successor was shown: within its grace too', () =>
    story()
      .refresh('s-1', NEXT + 1, SCRIPT)
      .when('s-0', NEXT + 2)
      .thenAppends(reused));
  it('takes with it the newest token and itself: the session is over for every holder of one', () => {
    const over = story().refresh('s-0', GRACE_END);
    for (const token of ['s-0', 's-1', 's-2']) over.when(token, GRACE_END).thenRefused('SESSION_OVER');
  });
});

describe('a made-up token', () => {
  it('ends the session when its family fits: only who held a token can make one up', () => new Story().when('s-9', NEXT).thenAppends(reused));
  it('that asks for the token which is the newest ends it like any other', () =>
    new Story()
      .refresh('s-0', NEXT)
      .when('s-9', NEXT + 1, { newTokenHash: 's-1' })
      .thenAppends(reused));
  it('of another family changes nothing, whichever hash it has', () => {
    const story = new Story().refresh('s-0', NEXT);
    for (const token of ['s-9', 's-1', 's-0']) {
      for (const at of [NEXT, GRACE_END]) story.when(token, at, { familyHash: 'family-x' }).thenRefused('SESSION_OVER');
    }
  });
});

describe('a session expires', () => {
  const end = NOW + 14 * DAY_MS;
  it('its idle days after it began, to the millisecond', () => {
    new Story().when('s-0', end).thenRefused('SESSION_OVER');
    new Story().when('s-0', end - 1).thenAppends(moving(refreshed('s-1', end - 1)));
  });
  it('its idle days after the last refresh', () => {
    const story = new Story().refresh('s-0', NEXT);
    story.when('s-1', NEXT + 14 * DAY_MS - 1).thenAppends(moving(refreshed('s-2', NEXT + 14 * DAY_MS - 1)));
    story.when('s-1', NEXT + 14 * DAY_MS).thenRefused('SESSION_OVER');
  });
  it('by the idle days of the moment of the refresh', () =>
    new Story()
      .with(facts.settings({ sessionIdleDays: 2 }))
      .when('s-0', NEXT)
      .thenAppends(refreshed('s-1', NEXT, 2)));
});

describe('the last activity of the user', () => {
  it('moves with a refresh an hour later, and not sooner: not every refresh is a commit in the history of the user', () => {
    new Story().when('s-0', NOW + HOUR_MS - 1).thenAppends(refreshed('s-1', NOW + HOUR_MS - 1));
    new Story().when('s-0', NOW + HOUR_MS).thenAppends(moving(refreshed('s-1', NOW + HOUR_MS)));
  });
  it('is that of the refresh which moved it', () => {
    const lastActive = (...at: readonly number[]) =>
      at.reduce((story, time, index) => story.refresh(`s-${index}`, time), new Story()).world.user('ada')?.lastActiveAtMs;
    expect(lastActive()).toBe(NOW);
    expect(lastActive(NEXT)).toBe(NOW);
    expect(lastActive(NEXT, NOW + HOUR_MS)).toBe(NOW + HOUR_MS);
  });
});

describe('the organization of the new access token', () => {
  const orgs = [facts.organization('o1'), facts.joined('ada', 'o1')];
  it('may be any that the user is in', () => new Story(...orgs).when('s-0', NEXT, { activeOrgId: 'o1' }).thenAppends(refreshed('s-1', NEXT)));
  it('is refused, and the token not rotated, when the user is not in it or not any more', () => {
    new Story().when('s-0', NEXT, { activeOrgId: 'o1' }).thenRefused('NOT_A_MEMBER');
    new Story(...orgs, facts.left('ada', 'o1')).when('s-0', NEXT, { activeOrgId: 'o1' }).thenRefused('NOT_A_MEMBER');
    new Story(...orgs).when('s-0', NEXT, { activeOrgId: 'constructor' }).thenRefused('NOT_A_MEMBER');
  });
  it('is refused within the grace too, and the session goes on', () => {
    const story = new Story().refresh('s-0', NEXT);
    story.when('s-0', NEXT + 1, { activeOrgId: 'o1' }).thenRefused('NOT_A_MEMBER');
    story.when('s-1', GRACE_END).thenAppends(refreshed('s-2', GRACE_END));
  });
  it('saves no session whose token was stolen', () => new Story().refresh('s-0', NEXT).when('s-0', GRACE_END, { activeOrgId: 'o1' }).thenAppends(reused));
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
    new Story()
      .with(...events)
      .when('s-0', NEXT)
      .thenRefused('SESSION_OVER');
    expect(() => new Story().with(...events).userOf('s-0', NEXT)).toThrow('SESSION_OVER');
  });
  it('ends no session that began later', () => {
    const world = new Story().with(...events, ...(events.some(({ type }) => type === 'user.blocked.v1') ? [facts.unblocked('ada')] : [])).world;
    if (world.user('ada')?.deleted === true) return;
    world.append([facts.password('ada')], NOW);
    const later = { ...start, sessionId: 't', tokenHash: 't-0', familyHash: 'family-t' };
    world.append(decideStartSession(later, { session: world.session('t'), user: world.user('ada'), environment: world.environment(ENV) }, NOW), NOW);
    const shown = { environmentId: ENV, familyHash: 'family-t', tokenHash: 't-0' };
    expect(userOfToken(shown, { session: world.session('t'), user: world.user('ada') }, NEXT).userId).toBe('ada');
  });
});

describe('what does not concern a session', () => {
  it.each<[string, readonly DomainEvent[]]>([
    ['a lock of the login', [facts.locked('ada', Number.MAX_SAFE_INTEGER)]],
    ['a lock that is taken back', [facts.locked('ada', 1), facts.unlocked('ada')]],
    ['the end of another session', [facts.session('t', 'ada'), facts.sessionEnded('t', 'ada')]],
    ['another user', [facts.user('bob'), facts.blocked('bob'), facts.sessionsEnded('bob')]],
    ['logging in being disabled', [facts.settings({ passwordLoginEnabled: false } satisfies Partial<EnvironmentSettings>)]],
  ])('%s leaves it alone', (_, events) => expect(new Story().with(...events).userOf('s-0', NEXT)).toBe('ada'));

  it('unblocking is what it was: an unblock of a user who has sessions says nothing about them', () => {
    const { world } = new Story().with(facts.blocked('ada'));
    given()
      .when(() => decideUnblockUser({ userId: 'ada', environmentId: ENV }, { user: world.user('ada'), environment: world.environment(ENV) }))
      .thenAppends(facts.unblocked('ada', { blockedPos: 5 }));
  });
});

describe('asking whose a session is', () => {
  it('answers to the newest token, and to the one before it within its grace', () => {
    const story = new Story().refresh('s-0', NEXT);
    expect([story.userOf('s-1', GRACE_END), story.userOf('s-0', GRACE_END - 1)]).toEqual(['ada', 'ada']);
  });
  it('is refused to an older one, within its grace too once its successor was shown, and ends nothing', () => {
    expect(() => new Story().refresh('s-0', NEXT).userOf('s-0', GRACE_END)).toThrow('SESSION_OVER');
    const story = new Story().refresh('s-0', NEXT).refresh('s-1', NEXT + 1, SCRIPT);
    expect(() => story.userOf('s-0', NEXT + 2)).toThrow('SESSION_OVER');
    expect([story.userOf('s-1', NEXT + 2), story.userOf('s-2', NEXT + 2)]).toEqual(['ada', 'ada']);
  });
  it('is refused to another family, to another environment and after the end', () => {
    expect(() => new Story().userOf('s-0', NEXT, { familyHash: 'family-x' })).toThrow('SESSION_OVER');
    expect(() => new Story().userOf('s-0', NEXT, { environmentId: OTHER_ENV })).toThrow('SESSION_OVER');
    expect(() => new Story().userOf('s-0', NOW + 14 * DAY_MS)).toThrow('SESSION_OVER');
  });
});

describe('logging out', () => {
  const leaving = (story: Story, over: { readonly familyHash?: string | null; readonly environmentId?: string } = {}) =>
    given().when(() => decideEndSession({ environmentId: ENV, familyHash: 'family-s', ...over }, story.states));

  it('ends the session', () => leaving(new Story()).thenAppends(facts.sessionEnded('s', 'ada')));
  it.each(['family-s', null])('works with any token that the session ever had: %s', (familyHash) =>
    leaving(new Story().refresh('s-0', NEXT).refresh('s-1', NEXT + HOUR_MS), { familyHash }).thenAppends(facts.sessionEnded('s', 'ada')),
  );
  it('twice is already done, and the first reason stays', () => {
    leaving(new Story().with(facts.sessionEnded('s', 'ada'))).thenNothing();
    const ended = new Story().with(reused, facts.sessionEnded('s', 'ada'));
    leaving(ended).thenNothing();
    expect(ended.states.session?.ended).toBe('token-reused');
  });
  it('is refused to a made-up token, through another environment and for no session', () => {
    leaving(new Story(), { familyHash: 'family-x' }).thenRefused('SESSION_OVER');
    for (const familyHash of ['family-s', null]) leaving(new Story(), { environmentId: OTHER_ENV, familyHash }).thenRefused('SESSION_OVER');
    for (const familyHash of ['f', null])
      given()
        .when(() => decideEndSession({ environmentId: ENV, familyHash }, { session: null }))
        .thenRefused('SESSION_OVER');
  });
});
