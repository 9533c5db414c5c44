import { describe, it } from 'vitest';
import type { World } from '@test/support/domain/decider-specification.js';
import { given } from '@test/support/domain/decider-specification.js';
import { ENV, facts, organizationProfile, OTHER_ENV } from '@test/support/domain/fixtures.js';
import type { DomainEvent } from '../log-events.js';
import { decideChangeOrganization, decideCreateOrganization, decideDeleteOrganization } from './decide.js';
import type { OrganizationProfile } from './events.js';

describe('creating an organization', () => {
  const create = (...events: readonly DomainEvent[]) =>
    given(...events).when((world) =>
      decideCreateOrganization(
        {
          orgId: 'new',
          environmentId: ENV,
          slugs: [
            { slug: 'o1', tag: 'slug-o1' },
            { slug: 'o2', tag: 'slug-o2' },
          ],
          profile: organizationProfile,
        },
        { slugClaims: [world.claim('slug-o1'), world.claim('slug-o2')] },
      ),
    );
  const created = (slug: string): DomainEvent => ({
    type: 'organization.created.v1',
    tags: ['org-new', `slug-${slug}`],
    data: { orgId: 'new', environmentId: ENV, slug, slugTag: `slug-${slug}`, profile: organizationProfile },
  });

  it('claims the slug that it prefers', () => create().thenAppends(created('o1')));
  it('takes the second one when the first is taken', () => create(facts.organization('o1')).thenAppends(created('o2')));
  it('is refused when both are taken', () => create(facts.organization('o1'), facts.organization('o2')).thenInvalid('name'));
  it('may take the slug of a deleted organization', () => create(facts.organization('o1'), facts.organizationDeleted('o1')).thenAppends(created('o1')));
});

describe('changing an organization', () => {
  const change = (changes: Partial<OrganizationProfile>, ...events: readonly DomainEvent[]) =>
    given(facts.organization('o1', { maxUsers: 5 }), ...events).when((world) =>
      decideChangeOrganization({ orgId: 'o1', environmentId: ENV, changes }, { organization: world.organization('o1') }),
    );
  const changed = (changes: Partial<OrganizationProfile>): DomainEvent => ({
    type: 'organization.changed.v1',
    tags: ['org-o1'],
    data: { orgId: 'o1', changes },
  });
  const members = [facts.joined('a', 'o1', 'Owner'), facts.joined('b', 'o1')];

  it('records only what really changes', () => change({ name: 'Blue Fig', domain: 'fig.test', extraDomains: [] }).thenAppends(changed({ domain: 'fig.test' })));
  it('to what it is already is already done', () => change({ name: 'Blue Fig', metadata: {}, maxUsers: 5 }).thenNothing());
  it('may allow exactly as many members as there are', () => change({ maxUsers: 2 }, ...members).thenAppends(changed({ maxUsers: 2 })));
  it('cannot allow fewer members than there are', () => change({ maxUsers: 1 }, ...members).thenInvalid('maxUsers'));
  it('counts those who left no more', () => change({ maxUsers: 1 }, ...members, facts.left('b', 'o1')).thenAppends(changed({ maxUsers: 1 })));
  it('counts deleted users no more', () =>
    change({ maxUsers: 1 }, ...members, facts.userDeleted('b', { memberships: [{ orgId: 'o1', role: 'Member' }] })).thenAppends(changed({ maxUsers: 1 })));
  it('may lift the limit', () => change({ maxUsers: null }, ...members).thenAppends(changed({ maxUsers: null })));
});

describe('deleting an organization', () => {
  it('releases its slug', () =>
    given(facts.organization('o1'))
      .when((world) => decideDeleteOrganization({ orgId: 'o1', environmentId: ENV }, { organization: world.organization('o1') }))
      .thenAppends(facts.organizationDeleted('o1')));
});

type Attempt = (environmentId: string, world: World) => readonly DomainEvent[];
describe.each<[string, Attempt]>([
  [
    'changing',
    (environmentId, world) => decideChangeOrganization({ orgId: 'o1', environmentId, changes: { name: 'x' } }, { organization: world.organization('o1') }),
  ],
  ['deleting', (environmentId, world) => decideDeleteOrganization({ orgId: 'o1', environmentId }, { organization: world.organization('o1') })],
])('%s', (_, attempt) => {
  it('an organization that never was finds nothing', () =>
    given()
      .when((world) => attempt(ENV, world))
      .thenNotFound());
  it('a deleted organization finds nothing', () =>
    given(facts.organization('o1'), facts.organizationDeleted('o1'))
      .when((world) => attempt(ENV, world))
      .thenNotFound());
  it('another environment’s organization finds nothing', () =>
    given(facts.organization('o1'))
      .when((world) => attempt(OTHER_ENV, world))
      .thenNotFound());
});
