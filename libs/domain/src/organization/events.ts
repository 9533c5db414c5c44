import type { Fact } from '../fact.js';
import type { JsonObject } from '../json.js';

/** What an organization holds and `organization.changed.v1` may change. */
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
  /** Epoch milliseconds from which members must use a second factor; null: never asked for. */
  readonly require2faByMs: number | null;
}

export type OrganizationEvent =
  | Fact<'organization.created.v1', { orgId: string; environmentId: string; slug: string; slugTag: string; profile: OrganizationProfile }>
  | Fact<'organization.changed.v1', { orgId: string; changes: Partial<OrganizationProfile> }>
  | Fact<'organization.deleted.v1', { orgId: string; slugTag: string }>;
