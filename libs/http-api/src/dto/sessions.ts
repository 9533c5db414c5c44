import type { JsonObject } from '@app/domain';
import { IsOptional } from 'class-validator';
import { IsAnyText, IsJsonObject, IsLoginText, IsPassword, IsText, IsTypedEmailAddress } from './rules.js';

/** Any text: one that cannot be an address or a password gets the answer of a wrong one. */
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

/** A malformed organization is one that the user is not a member of: the client treats a 400 as a fault and repeats it. */
export class RefreshQuery {
  @IsOptional() @IsAnyText() active_org_id: string | null = null;
}

export class RefreshTokenBody {
  @IsText(1024) refresh_token = '';
}
