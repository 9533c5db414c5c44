import { describe, expect, it } from 'vitest';
import { atPos, World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';

describe('states', () => {
  it('a session that began keeps what it began with, and the reason for which it ended first', () => {
    const world = new World([facts.user('ada'), facts.session('s', 'ada', { expiresAtMs: 7 }), facts.session('s', 'bob', { familyHash: 'another' })]);
    expect(world.session('s')).toEqual({
      sessionId: 's',
      userId: 'ada',
      environmentId: ENV,
      familyHash: 'family-s',
      sessionEpoch: 0,
      tokenHash: 's-0',
      replaced: null,
      startedAtMs: atPos(2),
      expiresAtMs: 7,
      ended: null,
    });
    expect(world.append([facts.sessionEnded('s', 'ada', 'token-reused'), facts.sessionEnded('s', 'ada')]).session('s')?.ended).toBe('token-reused');
  });

  it('a refresh makes its token the newest, keeps the one before with its grace, and forgets all others', () => {
    const after = (...events: readonly DomainEvent[]) => {
      const { tokenHash, replaced, expiresAtMs } = new World([facts.session('s', 'ada'), ...events]).session('s') ?? {};
      return [tokenHash, replaced, expiresAtMs];
    };
    const first = facts.sessionRefreshed('s', 'ada', 'a', { graceEndsAtMs: 5, expiresAtMs: 50 });
    const second = facts.sessionRefreshed('s', 'ada', 'b', { graceEndsAtMs: 6, expiresAtMs: 60 });
    expect(after(first)).toEqual(['a', { hash: 's-0', graceEndsAtMs: 5 }, 50]);
    expect(after(first, second)).toEqual(['b', { hash: 'a', graceEndsAtMs: 6 }, 60]);
  });

  it('a refresh or an end of another session changes nothing, nor does one of no session', () => {
    const others = [facts.sessionRefreshed('t', 'ada', 'x'), facts.sessionEnded('t', 'ada')].map((event): DomainEvent => ({ ...event, tags: ['session-s'] }));
    const alone = new World([facts.session('s', 'ada')]).session('s');
    expect(new World([facts.session('s', 'ada'), ...others]).session('s')).toEqual(alone);
    expect(new World([facts.sessionRefreshed('s', 'ada', 'x'), facts.sessionEnded('s', 'ada')]).session('s')).toBeNull();
  });
});
