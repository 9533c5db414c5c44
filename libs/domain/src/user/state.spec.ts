import { describe, expect, it } from 'vitest';
import { atPos, World } from '@test/support/domain/decider-specification.js';
import { facts } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';

describe('states', () => {
  const base = [facts.environment(), facts.user('ada'), facts.organization('o1'), facts.joined('ada', 'o1', 'Owner')];

  it('a password is set and cleared; what is said with it about changing it at login stays in the profile', () => {
    const world = new World([...base, facts.password('ada', true)]);
    expect(world.user('ada')).toMatchObject({ sealedPasswordHash: 'sealed-hash', profile: { updatePasswordRequired: true } });
    world.append([{ type: 'user.password-cleared.v1', tags: ['user-ada'], data: { userId: 'ada' } }]);
    expect(world.user('ada')?.sealedPasswordHash).toBeNull();
  });

  it('whatever ends all sessions of a user raises the epoch that they are under, and nothing takes it down again', () => {
    const epoch = (...events: readonly DomainEvent[]) => new World([...base, ...events]).user('ada')?.sessionEpoch;
    expect(epoch()).toBe(0);
    for (const event of [facts.blocked('ada'), facts.userDeleted('ada'), facts.sessionsEnded('ada'), facts.password('ada'), facts.passwordCleared('ada')]) {
      expect([event.type, epoch(event)]).toEqual([event.type, 1]);
    }
    expect(epoch(facts.blocked('ada'), facts.unblocked('ada', { reinstate: true, blockedPos: 5 }))).toBe(1);
    for (const event of [
      facts.locked('ada', 7),
      facts.unlocked('ada'),
      facts.session('s', 'ada'),
      facts.sessionEnded('s', 'ada'),
      facts.left('ada', 'o1', { endsKeys: true }),
    ]) {
      expect([event.type, epoch(event)]).toEqual([event.type, 0]);
    }
  });

  it('a lock holds until it is taken back or another one follows; a block and an unblock leave it alone', () => {
    const until = (...events: readonly DomainEvent[]) => new World([...base, facts.locked('ada', 7), ...events]).user('ada')?.lockedUntilMs;
    expect([until(), until(facts.locked('ada', 9)), until(facts.unlocked('ada'))]).toEqual([7, 9, null]);
    expect(until(facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 6 }))).toBe(7);
  });

  it('a user was last active at the last login', () =>
    expect(new World([...base, facts.session('s', 'ada'), facts.sessionEnded('s', 'ada')]).user('ada')?.lastActiveAtMs).toBe(atPos(5)));

  it('a block holds from its position until the unblock, and outlives deletion', () => {
    const world = new World([...base, facts.blocked('ada', { suspendsOrgKeys: true })]);
    expect(world.user('ada')).toMatchObject({ blocked: true, blockedPos: 5, suspendsOrgKeys: true, epoch: 0 });
    expect(new World([...world.log.map(({ event }) => event), facts.userDeleted('ada')]).user('ada')).toMatchObject({
      blocked: true,
      suspendsOrgKeys: true,
      deleted: true,
      epoch: 1,
    });
    expect(world.append([facts.unblocked('ada', { reinstate: true })]).user('ada')).toMatchObject({
      blocked: false,
      blockedPos: null,
      suspendsOrgKeys: false,
      epoch: 0,
    });
  });
});
