import type { JsonObject } from '@app/domain';
import { IsOptional } from 'class-validator';
import { IsEmailAddress, IsJsonObject, IsLoginText, IsPassword, IsText, IsUuid } from './rules.js';

/** Any text: what can be nobody's address or password is a wrong one, and says no more than a wrong one does. */
export class LoginBody {
  @IsLoginText() email = '';
  @IsLoginText() password = '';
}

export class SignupBody {
  @IsEmailAddress() email = '';
  @IsPassword() password = '';
  @IsOptional() @IsText(100) username: string | null = null;
  @IsOptional() @IsText(100) first_name: string | null = null;
  @IsOptional() @IsText(100) last_name: string | null = null;
  @IsOptional() @IsJsonObject() properties: JsonObject | null = null;
}

export class RefreshQuery {
  @IsOptional() @IsUuid() active_org_id: string | null = null;
}

export class RefreshTokenBody {
  @IsText(1024) refresh_token = '';
}
