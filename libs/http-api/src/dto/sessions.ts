import type { JsonObject } from '@app/domain';
import { IsOptional } from 'class-validator';
import { IsAnyText, IsJsonObject, IsLoginText, IsPassword, IsText, IsTypedEmailAddress } from './rules.js';

/** Any text: what can be nobody's address or password is a wrong one, and says no more than a wrong one does. */
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

/** A malformed organization is one that the user is no member of: the client takes a 400 for a fault and repeats it. */
export class RefreshQuery {
  @IsOptional() @IsAnyText() active_org_id: string | null = null;
}

export class RefreshTokenBody {
  @IsText(1024) refresh_token = '';
}
