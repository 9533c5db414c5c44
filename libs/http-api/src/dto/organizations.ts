import type { JsonObject } from '@app/domain';
import { IsOptional } from 'class-validator';
import { IsDomainName, IsDomainNames, IsFlag, IsJsonObject, IsMoment, IsName, IsOneOf, IsText, IsTexts, IsWholeNumber } from './rules.js';
import { PagingQuery } from './users.js';

/** The largest integer that the Rust client reads. */
const MAX_INT32 = 2_147_483_647;

export class CreateOrganizationBody {
  @IsName() name = '';
  @IsFlag() enable_auto_joining_by_domain = false;
  @IsFlag() members_must_have_matching_domain = false;
  @IsOptional() @IsDomainName() domain: string | null = null;
  @IsOptional() @IsWholeNumber(1, MAX_INT32) max_users: number | null = null;
  @IsOptional() @IsText(255) legacy_org_id: string | null = null;
  @IsOptional() @IsText(100) custom_role_mapping_name: string | null = null;
}

/** The creation spells the two domain flags differently. */
export class UpdateOrganizationBody {
  @IsOptional() @IsName() name: string | null = null;
  @IsOptional() @IsFlag() can_setup_saml: boolean | null = null;
  @IsOptional() @IsJsonObject() metadata: JsonObject | null = null;
  @IsOptional() @IsWholeNumber(1, MAX_INT32) max_users: number | null = null;
  @IsOptional() @IsFlag() autojoin_by_domain: boolean | null = null;
  @IsOptional() @IsFlag() restrict_to_domain: boolean | null = null;
  @IsOptional() @IsDomainName() domain: string | null = null;
  @IsOptional() @IsDomainNames() extra_domains: readonly string[] | null = null;
  @IsOptional() @IsText(255) legacy_org_id: string | null = null;
  @IsOptional() @IsMoment() require_2fa_by: string | number | null = null;
  @IsOptional() @IsFlag() password_rotation_enabled: boolean | null = null;
  @IsOptional() @IsWholeNumber(0, 100) password_rotation_history_size: number | null = null;
  @IsOptional() @IsWholeNumber(0, 3_650) password_rotation_period: number | null = null;
  @IsOptional() @IsText(100) custom_role_mapping_name: string | null = null;
}

export const ORGANIZATION_ORDERS = ['CREATED_AT_ASC', 'CREATED_AT_DESC', 'NAME'] as const;
export class OrganizationsQuery extends PagingQuery {
  @IsOneOf(ORGANIZATION_ORDERS) order_by: (typeof ORGANIZATION_ORDERS)[number] = 'CREATED_AT_DESC';
  @IsOptional() @IsText(100) name: string | null = null;
  @IsOptional() @IsText(255) legacy_org_id: string | null = null;
  @IsOptional() @IsText(253) domain: string | null = null;
}

/** Malformed ids are accepted here and become a 404 later: a 400 means "unknown role" to the Rust client. */
export class MemberBody {
  @IsName(254) user_id = '';
  @IsName(254) org_id = '';
}
export class MemberRoleBody extends MemberBody {
  @IsName() role = '';
  // Duplicates are accepted, and each is stored in the log and returned with the member: without a limit there could be thousands.
  @IsTexts(100, 100) additional_roles: readonly string[] = [];
}
