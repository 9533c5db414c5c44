import { describe, expect, it } from 'vitest';
import { World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';
import { toSessionRecord } from './record.js';

const there = <State>(state: State | null): State => {
  if (state === null) throw new Error('The state must be there.');
  return state;
};

describe('the record of a session', () => {
  const after = (...events: readonly DomainEvent[]) =>
    toSessionRecord(there(new World([facts.user('ada'), facts.session('s', 'ada', { sessionEpoch: 3 }), ...events]).session('s')));

  it('says whose it is, since which epoch, and whether it was ended', () => {
    expect(after()).toEqual({ kind: 'session', sessionId: 's', environmentId: ENV, userId: 'ada', sessionEpoch: 3, ended: false });
    expect(after(facts.sessionEnded('s', 'ada', 'token-reused')).ended).toBe(true);
  });
  it('does not change with a refresh, which is not a change for the fence', () =>
    expect(
      after({
        type: 'session.refreshed.v1',
        tags: ['session-s', 'user-ada'],
        data: { sessionId: 's', userId: 'ada', tokenHash: 't', graceEndsAtMs: 1, expiresAtMs: 2 },
      }),
    ).toEqual(after()));
});
