import { describe, expect, it } from 'vitest';
import { facts } from '@test/support/domain/fixtures.js';
import { type DomainEvent, PUBLIC_FIELDS } from './log-events.js';
import { publicEvents } from './public-events.js';

describe('publicEvents', () => {
  it('keeps the fields that are named, and nothing else', () => {
    const issued = facts.key('k', { userId: 'ada', metadata: { plan: 'pro' }, displayName: 'laptop', tokenPrefix: 'pk_live_ab' });
    expect(publicEvents([issued])).toEqual([
      {
        type: 'api-key.issued.v1',
        data: { keyId: 'k', environmentId: 'e1', origin: 'backend', userId: 'ada', orgId: null, creatorId: null, expiresAtMs: null },
      },
    ]);
  });

  it('tells of changes which fields, not what is in them', () => {
    const changed: DomainEvent = {
      type: 'user.profile-changed.v1',
      tags: [],
      data: { userId: 'ada', changes: { firstName: 'Ada', properties: { city: 'London' } }, usernameTag: null, previousUsernameTag: null },
    };
    expect(publicEvents([changed])).toEqual([{ type: 'user.profile-changed.v1', data: { userId: 'ada', changed: ['firstName', 'properties'] } }]);
  });

  it('tells when a session begins and ends, and of refreshes nothing', () => {
    const events = [facts.session('s', 'ada', { expiresAtMs: 7 }), facts.sessionRefreshed('s', 'ada', 't'), facts.sessionEnded('s', 'ada', 'token-reused')];
    expect(publicEvents(events)).toEqual([
      { type: 'session.started.v1', data: { sessionId: 's', userId: 'ada', environmentId: 'e1', expiresAtMs: 7 } },
      { type: 'session.ended.v1', data: { sessionId: 's', userId: 'ada', reason: 'token-reused' } },
    ]);
  });

  it('names a signing key and shows neither half of it', () =>
    expect(publicEvents([facts.signingKey('k2')])).toEqual([{ type: 'environment.signing-key-published.v1', data: { environmentId: 'e1', keyId: 'k2' } }]));

  it('never shows a hash or a sealed secret, whatever the event', () =>
    expect(
      Object.values(PUBLIC_FIELDS)
        .flatMap((fields) => fields ?? [])
        .filter((field) => /hash|sealed|pepper/i.test(field)),
    ).toEqual([]));

  it('keeps the order and leaves out the registry', () => {
    const joined: DomainEvent = { type: 'registry.node-joined.v1', tags: ['registry'], data: { inc: 'i' } };
    expect(publicEvents([facts.revoked('a'), joined, facts.revoked('b')]).map(({ data }) => data)).toEqual([{ keyId: 'a' }, { keyId: 'b' }]);
    expect(publicEvents([joined])).toEqual([]);
  });

  it('refuses a type that it does not know, instead of telling all or nothing of it', () => {
    const newer = JSON.parse('{"type":"api-key.shared.v1","tags":[],"data":{"keyId":"k"}}') as DomainEvent;
    expect(() => publicEvents([newer])).toThrow('api-key.shared.v1');
  });

  it('shows nothing of the registry, whatever is added to it', () =>
    expect(Object.entries(PUBLIC_FIELDS).filter(([type, fields]) => type.startsWith('registry.') && fields !== null)).toEqual([]));
});
