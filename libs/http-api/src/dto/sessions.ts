import type { JsonObject } from '@app/domain';
import { IsOptional } from 'class-validator';
import { IsAnyText, IsJsonObject, IsLoginText, IsPassword, IsText, IsTypedEmailAddress } from './rules.js';

/** Any text: a malformed address or password gets the same answer as a wrong one, and reveals no more. */
export class LoginBody {
  @IsLoginText() email = '';
  @IsLoginText() password = '';
}

export class SignupBody {
  @IsTypedEmailAddress() email = '';
  @IsPassword() password = '';
  @IsOptional() @IsText(100) username: string | null = null;
  @IsOptional() @IsText(100) first_name: string | null = null;
  @IsOptional() @IsText(100) last_name: string | null = null;
  @IsOptional() @IsJsonObject() properties: JsonObject | null = null;
}

/** A malformed organization counts as one that the user is not a member of: the client treats a 400 as a fault and repeats the request. */
export class RefreshQuery {
  @IsOptional() @IsAnyText() active_org_id: string | null = null;
}

export class RefreshTokenBody {
  @IsText(1024) refresh_token = '';
}
