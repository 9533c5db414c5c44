import { type EventTable, type Fact, under } from '../fact.js';
import type { JsonObject } from '../json.js';
import { tags } from '../tags.js';

/** The fields of an organization that `organization.changed.v1` may change. */
export interface OrganizationProfile {
  readonly name: string;
  readonly domain: string | null;
  readonly extraDomains: readonly string[];
  readonly autojoinByDomain: boolean;
  readonly restrictToDomain: boolean;
  readonly maxUsers: number | null;
  readonly legacyOrgId: string | null;
  readonly customRoleMappingName: string | null;
  readonly metadata: JsonObject;
  readonly canSetupSaml: boolean;
  readonly passwordRotationEnabled: boolean;
  readonly passwordRotationHistorySize: number;
  readonly passwordRotationPeriodDays: number;
  /** Epoch milliseconds from which members must use a second factor; null if it was never required. */
  readonly require2faByMs: number | null;
}

export type OrganizationEvent =
  | Fact<'organization.created.v1', { orgId: string; environmentId: string; slug: string; slugTag: string; profile: OrganizationProfile }>
  | Fact<'organization.changed.v1', { orgId: string; changes: Partial<OrganizationProfile> }>
  | Fact<'organization.deleted.v1', { orgId: string; slugTag: string }>;

const PERSONAL_PROFILE_FIELDS = ['name', 'domain', 'extraDomains', 'legacyOrgId', 'metadata'] as const;

const changesOrganization = ({ orgId }: { readonly orgId: string }): readonly string[] => [tags.org(orgId)];

export const ORGANIZATION_EVENTS: EventTable<OrganizationEvent> = {
  'organization.created.v1': {
    changes: null,
    personal: under('profile', PERSONAL_PROFILE_FIELDS),
    public: ['orgId', 'environmentId'],
    claims: ({ orgId, slugTag }) => ({ holder: orgId, claims: [slugTag], releases: [] }),
  },
  'organization.changed.v1': { changes: changesOrganization, personal: under('changes', PERSONAL_PROFILE_FIELDS), public: ['orgId', 'changes'], claims: null },
  'organization.deleted.v1': {
    changes: changesOrganization,
    personal: [],
    public: ['orgId'],
    claims: ({ orgId, slugTag }) => ({ holder: orgId, claims: [], releases: [slugTag] }),
  },
};
