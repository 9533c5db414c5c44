import { IsOptional } from 'class-validator';
import { IsIsoMoment, IsName, IsText } from './rules.js';

export class CreateOrganizationKeyBody {
  @IsName() name = '';
  /** ISO 8601; a day alone is its end in UTC. */
  @IsOptional() @IsIsoMoment() expiresAt: string | null = null;
}

/** Any text: what is no access token is an invalid one. */
export class VerifyTokenBody {
  @IsText(16_384) token = '';
}
