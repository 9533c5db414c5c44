import { IsOptional } from 'class-validator';
import { IsOneOf, IsText } from './rules.js';
import { PagingQuery } from './users.js';

/**
 * The expiration option accepts any text: an unknown or disabled one has its own error. A malformed organization counts as one that the
 * user may not manage.
 */
export class CreateOwnApiKeyBody {
  @IsOptional() @IsText(1024) org_id: string | null = null;
  @IsOptional() @IsText(1024) expiration_option: string | null = null;
  @IsOptional() @IsText(100) display_name: string | null = null;
}

/** An empty name clears it. */
export class RenameApiKeyBody {
  @IsOptional() @IsText(100) display_name: string | null = null;
}

export const OWN_KEY_ORDERS = ['CreatedAtAsc', 'CreatedAtDesc', 'ExpiresAtAsc', 'ExpiresAtDesc'] as const;

export class PersonalApiKeysQuery extends PagingQuery {
  @IsOptional() @IsText(1024) api_key_search: string | null = null;
  @IsOneOf(OWN_KEY_ORDERS) sort_by: (typeof OWN_KEY_ORDERS)[number] = 'CreatedAtDesc';
}

export class OrgApiKeysQuery extends PersonalApiKeysQuery {
  @IsText(1024) org_id = '';
}
