import type { JsonObject } from '@app/domain';
import { IsOptional } from 'class-validator';
import { IsExpiry, IsFlag, IsImportedKey, IsJsonObject, IsText, IsUtcDay, IsUuid } from './rules.js';
import { PagingQuery } from './users.js';

export class CreateApiKeyBody {
  @IsOptional() @IsUuid() org_id: string | null = null;
  @IsOptional() @IsUuid() user_id: string | null = null;
  @IsOptional() @IsExpiry() expires_at_seconds: number | null = null;
  @IsOptional() @IsJsonObject() metadata: JsonObject | null = null;
  @IsOptional() @IsText(100) display_name: string | null = null;
}

export class ImportApiKeyBody extends CreateApiKeyBody {
  @IsImportedKey() imported_api_key = '';
}

export class UpdateApiKeyBody {
  @IsOptional() @IsExpiry() expires_at_seconds: number | null = null;
  @IsOptional() @IsJsonObject() metadata: JsonObject | null = null;
  @IsFlag() set_to_never_expire = false;
}

/**
 * Filters accept any text: a malformed id or address matches nothing, so the page is empty. So does an empty text: an application
 * that has lost its user's id must not show the keys of all users.
 */
export class ApiKeysQuery extends PagingQuery {
  static readonly keepEmpty = ['org_id', 'user_id', 'user_email'] as const;
  @IsOptional() @IsText(1024) org_id: string | null = null;
  @IsOptional() @IsText(1024) user_id: string | null = null;
  @IsOptional() @IsText(1024) user_email: string | null = null;
}

export class UsageQuery {
  static readonly keepEmpty = ['org_id', 'user_id', 'api_key_id'] as const;
  @IsUtcDay() date = '';
  @IsOptional() @IsText(1024) org_id: string | null = null;
  @IsOptional() @IsText(1024) user_id: string | null = null;
  @IsOptional() @IsText(1024) api_key_id: string | null = null;
}

export class ValidateApiKeyBody {
  @IsText(1024) api_key_token = '';
}
