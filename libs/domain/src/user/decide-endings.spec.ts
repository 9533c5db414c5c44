import { describe, it } from 'vitest';
import type { World } from '@test/support/domain/decider-specification.js';
import { given } from '@test/support/domain/decider-specification.js';
import { ENV, facts, OTHER_ENV } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';
import { decideBlockUser, decideDeleteUser, decideUnblockUser } from './decide.js';

const ada = facts.user('ada');
const states = (world: World) => ({ user: world.user('ada'), environment: world.environment(ENV) });
type Decide = typeof decideBlockUser;
const attempt =
  (decide: Decide, environmentId = ENV) =>
  (world: World) =>
    decide({ userId: 'ada', environmentId }, states(world));

const strict = facts.environment({ invalidateOrgApiKeyUponUserRemoval: true });
const lenient = facts.environment();

describe('blocking a user', () => {
  it('spares organization keys unless the environment says otherwise', () =>
    given(lenient, ada).when(attempt(decideBlockUser)).thenAppends(facts.blocked('ada')));
  it('suspends organization keys with the setting on: the event decides, not a setting read later', () =>
    given(strict, ada)
      .when(attempt(decideBlockUser))
      .thenAppends(facts.blocked('ada', { suspendsOrgKeys: true })));
  it('names the epoch that it hits', () =>
    given(lenient, ada, facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 3 }))
      .when(attempt(decideBlockUser))
      .thenAppends(facts.blocked('ada', { epoch: 1 })));
  it('who is blocked is already done', () => given(lenient, ada, facts.blocked('ada')).when(attempt(decideBlockUser)).thenNothing());
});

describe('unblocking a user', () => {
  it('leaves personal keys dead by default', () =>
    given(lenient, ada, facts.blocked('ada'))
      .when(attempt(decideUnblockUser))
      .thenAppends(facts.unblocked('ada', { blockedPos: 3 })));
  it('reinstates them where the environment says so', () =>
    given(lenient, ada, facts.blocked('ada'), facts.settings({ reinstateKeysOnUnblock: true }))
      .when(attempt(decideUnblockUser))
      .thenAppends(facts.unblocked('ada', { blockedPos: 3, reinstate: true })));
  it('gives back what the block suspended, whatever the setting is by now', () =>
    given(strict, ada, facts.blocked('ada', { suspendsOrgKeys: true }), facts.settings({ invalidateOrgApiKeyUponUserRemoval: false }))
      .when(attempt(decideUnblockUser))
      .thenAppends(facts.unblocked('ada', { blockedPos: 3, suspendedOrgKeys: true })));
  it('who is not blocked is already done', () => given(lenient, ada).when(attempt(decideUnblockUser)).thenNothing());
  it('takes a lock of the login away, with a block and without', () => {
    given(lenient, ada, facts.locked('ada', 7_000)).when(attempt(decideUnblockUser)).thenAppends(facts.unlocked('ada'));
    given(lenient, ada, facts.blocked('ada'), facts.locked('ada', 7_000))
      .when(attempt(decideUnblockUser))
      .thenAppends(facts.unblocked('ada', { blockedPos: 3 }), facts.unlocked('ada'));
    given(lenient, ada, facts.locked('ada', 7_000), facts.unlocked('ada')).when(attempt(decideUnblockUser)).thenNothing();
  });
  it('twice is already done', () =>
    given(lenient, ada, facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 3 }))
      .when(attempt(decideUnblockUser))
      .thenNothing());
});

describe('deleting a user', () => {
  const history: readonly DomainEvent[] = [
    facts.user('ada', { usernameTag: 'username-ada' }),
    facts.organization('o1'),
    facts.organization('o2'),
    facts.joined('ada', 'o1', 'Owner'),
    facts.joined('ada', 'o2'),
    facts.left('ada', 'o2', { endsKeys: true }),
  ];
  const deleted = (over: Parameters<typeof facts.userDeleted>[1]): DomainEvent =>
    facts.userDeleted('ada', { usernameTag: 'username-ada', memberships: [{ orgId: 'o1', role: 'Owner' }], ...over });

  it('releases address and name, and ends every membership, the last owner’s too', () =>
    given(lenient, ...history)
      .when(attempt(decideDeleteUser))
      .thenAppends(deleted({})));
  it('with the setting on ends the keys of every membership, ended ones included', () =>
    given(strict, ...history)
      .when(attempt(decideDeleteUser))
      .thenAppends(deleted({ endsOrgKeys: true, memberEpochs: { o1: 0, o2: 1 } })));
  it('works on a blocked user', () => given(lenient, ada, facts.blocked('ada')).when(attempt(decideDeleteUser)).thenAppends(facts.userDeleted('ada')));
});

describe.each<[string, Decide]>([
  ['blocking', decideBlockUser],
  ['unblocking', decideUnblockUser],
  ['deleting', decideDeleteUser],
])('%s', (_, decide) => {
  it('a user that never was finds nothing', () => given(lenient).when(attempt(decide)).thenNotFound());
  it('a deleted user finds nothing', () => given(lenient, ada, facts.blocked('ada'), facts.userDeleted('ada')).when(attempt(decide)).thenNotFound());
  it('another environment’s user finds nothing', () =>
    given(facts.environment({}, OTHER_ENV), ada, facts.blocked('ada'))
      .when((world) => decide({ userId: 'ada', environmentId: OTHER_ENV }, { user: world.user('ada'), environment: world.environment(OTHER_ENV) }))
      .thenNotFound());
});
