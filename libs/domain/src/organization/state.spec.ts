import { describe, expect, it } from 'vitest';
import { World } from '@test/support/domain/decider-specification.js';
import { facts } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';

describe('states', () => {
  const base = [facts.environment(), facts.user('ada'), facts.organization('o1'), facts.joined('ada', 'o1', 'Owner')];

  it('an organization counts members and owners from the events alone', () => {
    const count = (...events: readonly DomainEvent[]) => {
      const state = new World([...base, ...events]).organization('o1');
      return [state?.memberCount, state?.ownerCount];
    };
    expect(count()).toEqual([1, 1]);
    expect(count(facts.joined('bob', 'o1'))).toEqual([2, 1]);
    expect(count(facts.joined('bob', 'o1'), facts.roleChanged('bob', 'o1', 'Member', 'Owner'))).toEqual([2, 2]);
    expect(count(facts.roleChanged('ada', 'o1', 'Owner', 'Admin'))).toEqual([1, 0]);
    expect(count(facts.left('ada', 'o1', { role: 'Owner' }))).toEqual([0, 0]);
    expect(
      count(
        facts.userDeleted('ada', {
          memberships: [
            { orgId: 'o1', role: 'Owner' },
            { orgId: 'o2', role: 'Owner' },
          ],
        }),
      ),
    ).toEqual([0, 0]);
  });
});
