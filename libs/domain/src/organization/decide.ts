import type { ClaimState } from '../claim.js';
import { existing } from '../existing.js';
import { changedFields } from '../json.js';
import type { DomainEvent } from '../log-events.js';
import { invalidField } from '../refusal.js';
import { tags } from '../tags.js';
import type { OrganizationProfile } from './events.js';
import type { OrganizationState } from './state.js';

export interface SlugCandidate {
  readonly slug: string;
  readonly tag: string;
}

/** The organization that a command is about. */
export interface OfOrganization {
  readonly orgId: string;
  readonly environmentId: string;
}

export interface CreateOrganizationCommand extends OfOrganization {
  /** In order of preference; the first free one is taken. */
  readonly slugs: readonly [SlugCandidate, SlugCandidate];
  readonly profile: OrganizationProfile;
}

export const decideCreateOrganization = (
  cmd: CreateOrganizationCommand,
  s: { readonly slugClaims: readonly [ClaimState, ClaimState] },
): readonly DomainEvent[] => {
  const { orgId, environmentId, slugs, profile } = cmd;
  const free = slugs.find((_, index) => s.slugClaims[index]?.holder === null);
  if (free === undefined) throw invalidField('name', 'Other organizations have this name; choose another one.');
  return [
    {
      type: 'organization.created.v1',
      tags: [tags.org(orgId), free.tag],
      data: { orgId, environmentId, slug: free.slug, slugTag: free.tag, profile },
    },
  ];
};

export interface ChangeOrganizationCommand extends OfOrganization {
  readonly changes: Partial<OrganizationProfile>;
}
interface OrganizationOnly {
  readonly organization: OrganizationState | null;
}

export const decideChangeOrganization = (cmd: ChangeOrganizationCommand, s: OrganizationOnly): readonly DomainEvent[] => {
  const { orgId, profile, memberCount } = existing(cmd.environmentId, s.organization);
  const changes = changedFields(profile, cmd.changes);
  if (Object.keys(changes).length === 0) return [];
  if (typeof changes.maxUsers === 'number' && changes.maxUsers < memberCount) {
    throw invalidField('maxUsers', `The organization has ${memberCount} members; allow at least as many, or remove some first.`);
  }
  return [{ type: 'organization.changed.v1', tags: [tags.org(orgId)], data: { orgId, changes } }];
};

export const decideDeleteOrganization = (cmd: OfOrganization, s: OrganizationOnly): readonly DomainEvent[] => {
  const { orgId, slugTag } = existing(cmd.environmentId, s.organization);
  return [{ type: 'organization.deleted.v1', tags: [tags.org(orgId), slugTag], data: { orgId, slugTag } }];
};
