import type { OrganizationProfile } from './events.js';
import type { OrganizationState } from './state.js';

export interface OrganizationRecord {
  readonly kind: 'org';
  readonly orgId: string;
  readonly environmentId: string;
  readonly createdAtMs: number;
  readonly slug: string;
  readonly profile: OrganizationProfile;
  readonly deleted: boolean;
}

// Field by field: a spread would let a hash or a sealed secret of the state slip into the record.
export const toOrganizationRecord = (state: OrganizationState): OrganizationRecord => ({
  kind: 'org',
  orgId: state.orgId,
  environmentId: state.environmentId,
  createdAtMs: state.createdAtMs,
  slug: state.slug,
  profile: state.profile,
  deleted: state.deleted,
});
