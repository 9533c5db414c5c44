import type { JsonObject } from '@app/domain';
import { IsOptional } from 'class-validator';
import { IsEmailAddress, IsFlag, IsJsonObject, IsName, IsOneOf, IsPassword, IsText, IsTexts, IsUuid, IsWholeNumber } from './rules.js';

const MAX_PAGE_NUMBER = 1_000_000;
const MAX_PAGE_SIZE = 100;
export const MAX_BATCH = 100;

/** Field names and defaults are those of the wire. Null means "not provided" in every optional field. */
export class PagingQuery {
  @IsWholeNumber(0, MAX_PAGE_NUMBER) page_number = 0;
  @IsWholeNumber(1, MAX_PAGE_SIZE) page_size = 10;
}

export class CreateUserBody {
  @IsEmailAddress() email = '';
  @IsFlag() email_confirmed = false;
  @IsFlag() send_email_to_confirm_email_address = false;
  @IsOptional() @IsPassword() password: string | null = null;
  @IsFlag() ask_user_to_update_password_on_login = false;
  @IsFlag() ignore_domain_restrictions = false;
  @IsOptional() @IsText(100) username: string | null = null;
  @IsOptional() @IsText(100) first_name: string | null = null;
  @IsOptional() @IsText(100) last_name: string | null = null;
  @IsOptional() @IsJsonObject() properties: JsonObject | null = null;
  @IsOptional() @IsJsonObject() metadata: JsonObject | null = null;
  @IsFlag() can_create_orgs = false;
}

export class UpdateUserBody {
  @IsOptional() @IsText(100) username: string | null = null;
  @IsOptional() @IsText(100) first_name: string | null = null;
  @IsOptional() @IsText(100) last_name: string | null = null;
  @IsOptional() @IsText(2048) picture_url: string | null = null;
  @IsOptional() @IsText(255) legacy_user_id: string | null = null;
  @IsOptional() @IsJsonObject() properties: JsonObject | null = null;
  @IsOptional() @IsJsonObject() metadata: JsonObject | null = null;
  @IsOptional() @IsFlag() update_password_required: boolean | null = null;
  @IsOptional() @IsFlag() can_create_orgs: boolean | null = null;
}

export class UpdateEmailBody {
  @IsEmailAddress() new_email = '';
  @IsFlag() require_email_confirmation = false;
}

export class UpdatePasswordBody {
  @IsPassword() password = '';
  @IsFlag() ask_user_to_update_password_on_login = false;
}

export class IncludeOrgsQuery {
  @IsFlag() include_orgs = false;
}
export class UserByEmailQuery extends IncludeOrgsQuery {
  @IsName(254) email = '';
}
export class UserByUsernameQuery extends IncludeOrgsQuery {
  @IsName(100) username = '';
}

export class UserIdsBody {
  @IsTexts(254) user_ids: readonly string[] | null = null;
}
export class EmailsBody {
  @IsTexts(254) emails: readonly string[] | null = null;
}
export class UsernamesBody {
  @IsTexts(254) usernames: readonly string[] | null = null;
}

export const USER_ORDERS = ['CREATED_AT_ASC', 'CREATED_AT_DESC', 'LAST_ACTIVE_AT_ASC', 'LAST_ACTIVE_AT_DESC', 'EMAIL', 'USERNAME'] as const;
export class UsersQuery extends PagingQuery {
  @IsOneOf(USER_ORDERS) order_by: (typeof USER_ORDERS)[number] = 'CREATED_AT_DESC';
  @IsOptional() @IsText(254) email_or_username: string | null = null;
  @IsOptional() @IsText(255) legacy_user_id: string | null = null;
  @IsFlag() include_orgs = false;
}

export class UsersInOrgQuery extends PagingQuery {
  @IsOptional() @IsText(100) role: string | null = null;
  @IsFlag() include_orgs = false;
}

/** The longest life of any access token: 30 days. */
export const MAX_ACCESS_TOKEN_MINUTES = 43_200;

export class AccessTokenBody {
  /** A malformed id counts as an unknown user, which is a 403 on this call. */
  @IsName(254) user_id = '';
  @IsWholeNumber(1, MAX_ACCESS_TOKEN_MINUTES) duration_in_minutes = 0;
  @IsOptional() @IsUuid() active_org_id: string | null = null;
}
