import { describe, it } from 'vitest';
import { atPos, given } from '@test/support/domain/decider-specification.js';
import { ENV, facts, issueKey, OTHER_ENV } from '@test/support/domain/fixtures.js';
import { EXPIRATION_OPTIONS } from '../environment/settings.js';
import type { DomainEvent } from '../log-events.js';
import { decideIssueKey, type IssueKeyCommand } from './decide.js';
import { expirationOf } from './expiration.js';

const AT = atPos(100);
const base = [
  facts.environment(),
  facts.user('ada'),
  facts.user('bob'),
  facts.organization('o1'),
  facts.organization('o2'),
  facts.joined('ada', 'o1', 'Owner'),
  facts.joined('bob', 'o1'),
];
const issue = (over: Partial<IssueKeyCommand>, ...events: readonly DomainEvent[]) =>
  given(...base, ...events).when((world) => {
    const cmd = issueKey('k', over);
    return decideIssueKey(
      cmd,
      {
        environment: world.environment(ENV),
        user: world.user(cmd.userId),
        organization: world.organization(cmd.orgId),
        creator: world.user(cmd.creatorId),
        tokenClaim: world.claim(cmd.tokenTag),
      },
      AT,
    );
  });

describe('issuing a personal key', () => {
  it('copies the user’s epoch', () => issue({ userId: 'ada' }).thenAppends(facts.personalKey('k', 'ada')));
  it('after a block that ended keys stands under the new epoch', () =>
    issue({ userId: 'ada' }, facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 8 })).thenAppends(facts.personalKey('k', 'ada', { userEpoch: 1 })));
  it('has no creator', () => issue({ userId: 'ada', creatorId: 'ada' }).thenAppends(facts.personalKey('k', 'ada')));
  it('for an unknown user is refused', () => issue({ userId: 'nobody' }).thenInvalid('userId'));
  it('for a deleted user is refused', () => issue({ userId: 'ada' }, facts.userDeleted('ada')).thenInvalid('userId'));
  it('for another environment’s user is refused', () => issue({ userId: 'eve' }, facts.user('eve', { environmentId: OTHER_ENV })).thenInvalid('userId'));
  it('for a blocked user is refused', () => issue({ userId: 'ada' }, facts.blocked('ada')).thenInvalid('userId'));
  it('while the kind is off is refused', () =>
    issue({ userId: 'ada' }, facts.settings({ personalApiKeysEnabled: false })).thenRefused('KEY_KIND_DISABLED', 'userId'));
  it('does not mind that organization keys are off', () =>
    issue({ userId: 'ada' }, facts.settings({ orgApiKeysEnabled: false })).thenAppends(facts.personalKey('k', 'ada')));
});

describe('issuing an organization key', () => {
  it('without a user and creator names no user', () => issue({ orgId: 'o1' }).thenAppends(facts.orgKey('k', 'o1')));
  it('with a user counts the user as its creator', () => issue({ orgId: 'o1', userId: 'ada' }).thenAppends(facts.memberKey('k', 'o1', 'ada')));
  it('with the session’s user as creator copies the epoch of the creator’s membership', () =>
    issue({ orgId: 'o1', creatorId: 'ada', origin: 'frontend' }).thenAppends(
      facts.orgKey('k', 'o1', { origin: 'frontend', creatorId: 'ada', creatorEpoch: 0 }),
    ));
  it('copies both epochs where user and creator differ', () =>
    issue({ orgId: 'o1', userId: 'ada', creatorId: 'bob' }, facts.left('ada', 'o1', { role: 'Owner', endsKeys: true }), facts.joined('ada', 'o1')).thenAppends(
      facts.orgKey('k', 'o1', { userId: 'ada', memberEpoch: 1, creatorId: 'bob', creatorEpoch: 0 }),
    ));
  it('for an unknown organization is refused', () => issue({ orgId: 'nowhere' }).thenInvalid('orgId'));
  it('for a deleted organization is refused', () => issue({ orgId: 'o1' }, facts.organizationDeleted('o1')).thenInvalid('orgId'));
  it('for another environment’s organization is refused', () => issue({ orgId: 'o3' }, facts.organization('o3', {}, OTHER_ENV)).thenInvalid('orgId'));
  it('for a user who is not a member is refused', () => issue({ orgId: 'o2', userId: 'ada' }).thenInvalid('userId'));
  it('for a user who left is refused', () => issue({ orgId: 'o1', userId: 'bob' }, facts.left('bob', 'o1')).thenInvalid('userId'));
  it('for a blocked user is refused', () => issue({ orgId: 'o1', userId: 'ada' }, facts.blocked('ada')).thenInvalid('userId'));
  it('while the kind is off is refused', () =>
    issue({ orgId: 'o1', userId: 'ada' }, facts.settings({ orgApiKeysEnabled: false })).thenRefused('KEY_KIND_DISABLED', 'orgId'));
  it('does not mind that personal keys are off', () =>
    issue({ orgId: 'o1', userId: 'ada' }, facts.settings({ personalApiKeysEnabled: false })).thenAppends(facts.memberKey('k', 'o1', 'ada')));
});

describe('a creator who may no longer make keys', () => {
  const create = (...events: readonly DomainEvent[]) => issue({ orgId: 'o1', creatorId: 'bob' }, ...events);
  it('after leaving is refused', () => create(facts.left('bob', 'o1')).thenRefused('FORBIDDEN'));
  it('after being blocked is refused', () => create(facts.blocked('bob')).thenRefused('FORBIDDEN'));
  it('after being deleted is refused', () => create(facts.userDeleted('bob')).thenRefused('FORBIDDEN'));
  it('who never was is refused', () => issue({ orgId: 'o1', creatorId: 'nobody' }).thenRefused('FORBIDDEN'));
});

describe('issuing any key', () => {
  it('without an owner makes a generic key, which no setting disables', () =>
    issue({}, facts.settings({ orgApiKeysEnabled: false, personalApiKeysEnabled: false })).thenAppends(facts.key('k')));
  it('records what was asked for and nothing else', () => {
    const asked = { expiresAtMs: AT + 1, metadata: { tier: 'gold' }, displayName: 'CI', tokenPrefix: 'pk_live_12', pepperId: 'p2' };
    const withMore = { ...asked, digest: 'not for the log' };
    issue(withMore).thenAppends(facts.key('k', asked));
  });
  it('that has expired already is refused', () => issue({ expiresAtMs: AT }).thenInvalid('expiresAtMs'));
  it.each(EXPIRATION_OPTIONS)('by the option %s ends that long after its commit', (expirationOption) =>
    issue({ expirationOption, expiresAtMs: 7 }).thenAppends(facts.key('k', { expiresAtMs: expirationOf(expirationOption, AT) })),
  );
  it('by no option ends as the environment says', () =>
    issue({ expirationOption: null }, facts.settings({ expirationOptions: ['TwoWeeks', 'OneYear'], defaultExpirationOption: 'TwoWeeks' })).thenAppends(
      facts.key('k', { expiresAtMs: expirationOf('TwoWeeks', AT) }),
    ));
  it.each(['Never', 'twoweeks', 'Forever', '', 'constructor'])('by the option %j, disabled or unknown, is refused', (expirationOption) =>
    issue({ expirationOption }, facts.settings({ expirationOptions: ['TwoWeeks'], defaultExpirationOption: 'TwoWeeks' })).thenRefused('INVALID_OPTION'),
  );
  it.each(['frontend', 'organization'] as const)('of an organization by the %s API is refused where organizations are disabled', (origin) =>
    issue({ orgId: 'o1', creatorId: 'ada', origin }, facts.settings({ organizationsEnabled: false })).thenRefused('KEY_KIND_DISABLED', 'orgId'),
  );
  it('in an environment that never was finds nothing', () =>
    given()
      .when(() => decideIssueKey(issueKey('k'), { environment: null, user: null, organization: null, creator: null, tokenClaim: { holder: null } }, AT))
      .thenNotFound());
});

describe('importing a key', () => {
  const imported = facts.importedKey('k', { tokenTag: 'token-old' });
  const importToken = (...events: readonly DomainEvent[]) => issue({ imported: true, tokenTag: 'token-old' }, ...events);

  it('claims its token', () => importToken().thenAppends(imported));
  it('twice is refused', () => importToken(facts.key('k0', { tokenTag: 'token-old' })).thenInvalid('tokenTag'));
  it('of a token that was revoked is refused: a token is never released', () =>
    importToken(facts.key('k0', { tokenTag: 'token-old' }), facts.revoked('k0')).thenInvalid('tokenTag'));
});
