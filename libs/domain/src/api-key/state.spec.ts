import { describe, expect, it } from 'vitest';
import { atPos, World } from '@test/support/domain/decider-specification.js';
import { facts } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';
import { keyEndsAtMs } from './state.js';

describe('states', () => {
  it('a revoked key keeps the time of its first revocation', () => {
    const world = new World([facts.key('k'), facts.revoked('k'), facts.revoked('k')]);
    expect(world.key('k')).toMatchObject({ issuedPos: 1, revokedPos: 2, revokedAtMs: atPos(2) });
  });

  it('a key collects the causes that ended it, each once, and loses those taken back', () => {
    const invalidated = (causePos: number): DomainEvent => ({
      type: 'api-key.invalidated.v1',
      tags: ['key-k'],
      data: { keyId: 'k', cause: 'user.blocked', causePos },
    });
    const world = new World([facts.key('k'), invalidated(7), invalidated(7), invalidated(9)]);
    expect(world.key('k')?.invalidatedBy).toEqual([7, 9]);
    world.append([{ type: 'api-key.reinstated.v1', tags: ['key-k'], data: { keyId: 'k', causePos: 11, invalidatedBy: 7 } }]);
    expect(world.key('k')?.invalidatedBy).toEqual([9]);
  });

  it('a key has been invalidated since the first invalidation that still holds', () => {
    const invalidated = (causePos: number): DomainEvent => ({
      type: 'api-key.invalidated.v1',
      tags: ['key-k'],
      data: { keyId: 'k', cause: 'user.blocked', causePos },
    });
    const takenBack = (invalidatedBy: number): DomainEvent => ({
      type: 'api-key.reinstated.v1',
      tags: ['key-k'],
      data: { keyId: 'k', causePos: 11, invalidatedBy },
    });
    const world = new World([facts.key('k')]);
    const since = (...events: readonly DomainEvent[]) => world.append(events).key('k')?.invalidatedAtMs;
    expect(since()).toBeNull();
    expect(since(invalidated(7))).toBe(atPos(2));
    expect(since(invalidated(9), invalidated(7))).toBe(atPos(2));
    expect(since(takenBack(8))).toBe(atPos(2));
    expect(since(takenBack(7))).toBe(atPos(3));
    expect(since(takenBack(9))).toBeNull();
    expect(since(invalidated(12))).toBe(atPos(8));
  });

  it('a key ends at the first of its revocation, its expiry and its invalidation', () => {
    expect(keyEndsAtMs({ revokedAtMs: null, expiresAtMs: null, invalidatedAtMs: null })).toBeNull();
    expect(keyEndsAtMs({ revokedAtMs: 3, expiresAtMs: null, invalidatedAtMs: null })).toBe(3);
    for (const [revokedAtMs, expiresAtMs, invalidatedAtMs] of [
      [1, 2, 3],
      [3, 1, 2],
      [2, 3, 1],
    ] as const) {
      expect(keyEndsAtMs({ revokedAtMs, expiresAtMs, invalidatedAtMs })).toBe(1);
    }
  });
});
