import { IsOptional } from 'class-validator';
import { IsAnything, IsIsoMoment, IsName } from './rules.js';

export class CreateOrganizationKeyBody {
  @IsName() name = '';
  /** ISO 8601; a day alone is its end in UTC. */
  @IsOptional() @IsIsoMoment() expiresAt: string | null = null;
}

/** Any value: one that is not an access token is an invalid one. */
export class VerifyTokenBody {
  @IsAnything('An access token, as text. Of anything else the answer is `valid: false`.') token: unknown = '';
}
