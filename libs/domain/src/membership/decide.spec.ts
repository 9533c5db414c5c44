import { describe, it } from 'vitest';
import type { World } from '@test/support/domain/decider-specification.js';
import { given } from '@test/support/domain/decider-specification.js';
import { ENV, facts, OTHER_ENV } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';
import { decideAddMember, decideChangeRole, decideRemoveMember, type MembershipRolesCommand } from './decide.js';

const cmd: MembershipRolesCommand = { userId: 'ada', orgId: 'o1', environmentId: ENV, role: 'Member', additionalRoles: [] };
const states = (world: World) => ({
  user: world.user('ada'),
  organization: world.organization('o1'),
  environment: world.environment(ENV),
});
const base = [facts.environment(), facts.user('ada'), facts.user('bob'), facts.organization('o1', { maxUsers: 2 })];
const owner = [...base, facts.joined('ada', 'o1', 'Owner')];
const twoOwners = [...owner, facts.joined('bob', 'o1', 'Owner')];
const member = [...base, facts.joined('bob', 'o1', 'Owner'), facts.joined('ada', 'o1')];

type Decide = (cmd: MembershipRolesCommand, s: ReturnType<typeof states>) => readonly DomainEvent[];
const attempt = (decide: Decide, events: readonly DomainEvent[], over: Partial<MembershipRolesCommand> = {}) =>
  given(...events).when((world) => decide({ ...cmd, ...over }, states(world)));

describe('adding a member', () => {
  const add = (events: readonly DomainEvent[], over: Partial<MembershipRolesCommand> = {}) => attempt(decideAddMember, events, over);

  it.each(['Owner', 'Admin', 'Member'])('as %s changes the user and the organization', (role) =>
    add(base, { role }).thenAppends(facts.joined('ada', 'o1', role)),
  );
  it('of a role that is not known is refused', () => add(base, { role: 'owner' }).thenInvalid('role'));
  it('with an additional role that is not known is refused', () => add(base, { additionalRoles: ['Boss'] }).thenInvalid('additionalRoles'));
  it('who is a member is refused', () => add(owner).thenInvalid('userId'));
  it('to a full organization is refused', () => add([...base, facts.joined('bob', 'o1'), facts.joined('eve', 'o1')]).thenInvalid('orgId'));
  it('to a place that became free is right', () =>
    add([...base, facts.joined('bob', 'o1'), facts.joined('eve', 'o1'), facts.left('eve', 'o1')]).thenAppends(facts.joined('ada', 'o1')));
  it('who left before is right', () => add([...member, facts.left('ada', 'o1')]).thenAppends(facts.joined('ada', 'o1')));
  it('finds nothing before it looks at the role', () => add([facts.user('ada')], { role: 'Boss' }).thenNotFound());
});

describe('changing a role', () => {
  const change = (events: readonly DomainEvent[], over: Partial<MembershipRolesCommand> = {}) => attempt(decideChangeRole, events, over);

  it('says which role it was', () => change(member, { role: 'Admin' }).thenAppends(facts.roleChanged('ada', 'o1', 'Member', 'Admin')));
  it('to the same is already done', () => change(member).thenNothing());
  it('to the same, of the last owner, is already done', () => change(owner, { role: 'Owner' }).thenNothing());
  it('may change the additional roles alone, of the last owner too', () =>
    change(owner, { role: 'Owner', additionalRoles: ['Admin'] }).thenAppends({
      type: 'membership.role-changed.v1',
      tags: ['user-ada', 'org-o1'],
      data: { userId: 'ada', orgId: 'o1', role: 'Owner', additionalRoles: ['Admin'], previousRole: 'Owner' },
    }));
  it('of the last owner is refused', () => change(owner, { role: 'Admin' }).thenInvalid('role'));
  it('of one owner of two is right', () => change(twoOwners).thenAppends(facts.roleChanged('ada', 'o1', 'Owner', 'Member')));
  it('counts a demoted owner no more', () => change([...twoOwners, facts.roleChanged('bob', 'o1', 'Owner', 'Member')]).thenInvalid('role'));
  it('counts a deleted owner no more', () =>
    change([...twoOwners, facts.userDeleted('bob', { memberships: [{ orgId: 'o1', role: 'Owner' }] })]).thenInvalid('role'));
  it('to one that is not known is refused', () => change(member, { role: 'Boss' }).thenInvalid('role'));
  it('of a user who is not a member is refused', () => change(base).thenInvalid('userId'));
  it('of a user who left is refused', () => change([...member, facts.left('ada', 'o1')]).thenInvalid('userId'));
});

describe('removing a member', () => {
  const remove = (events: readonly DomainEvent[]) => attempt(decideRemoveMember, events);

  it('spares keys by default', () => remove(member).thenAppends(facts.left('ada', 'o1')));
  it('ends keys with the setting on: the event decides, not a setting read later', () =>
    remove([...member, facts.settings({ invalidateOrgApiKeyUponUserRemoval: true })]).thenAppends(facts.left('ada', 'o1', { endsKeys: true })));
  it('names the epoch that it ends', () =>
    remove([...member, facts.left('ada', 'o1', { endsKeys: true }), facts.joined('ada', 'o1')]).thenAppends(facts.left('ada', 'o1', { epoch: 1 })));
  it('of the last owner is refused', () => remove(owner).thenInvalid('userId'));
  it('of one owner of two is right', () => remove(twoOwners).thenAppends(facts.left('ada', 'o1', { role: 'Owner' })));
  it('who is not a member finds nothing', () => remove(base).thenNotFound());
  it('who left before finds nothing', () => remove([...member, facts.left('ada', 'o1')]).thenNotFound());
});

describe.each<[string, Decide]>([
  ['adding', decideAddMember],
  ['changing a role', decideChangeRole],
  ['removing', decideRemoveMember],
])('%s', (_, decide) => {
  it('without the user finds nothing', () => attempt(decide, [facts.environment(), facts.organization('o1')]).thenNotFound());
  it('without the organization finds nothing', () => attempt(decide, [facts.environment(), facts.user('ada')]).thenNotFound());
  it('with a deleted user finds nothing', () => attempt(decide, [...member, facts.userDeleted('ada')]).thenNotFound());
  it('with a deleted organization finds nothing', () => attempt(decide, [...member, facts.organizationDeleted('o1')]).thenNotFound());
  it('through another environment finds nothing', () => attempt(decide, member, { environmentId: OTHER_ENV }).thenNotFound());
  it('with another environment’s organization finds nothing', () =>
    attempt(decide, [facts.environment(), facts.user('ada'), facts.organization('o1', {}, OTHER_ENV)]).thenNotFound());
  it('with another environment’s user finds nothing', () =>
    attempt(decide, [facts.environment(), facts.user('ada', { environmentId: OTHER_ENV }), facts.organization('o1')]).thenNotFound());
});
