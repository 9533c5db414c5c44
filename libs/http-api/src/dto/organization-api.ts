import { IsOptional } from 'class-validator';
import { IsAnything, IsIsoMoment, IsName } from './rules.js';

export class CreateOrganizationKeyBody {
  @IsName() name = '';
  /** ISO 8601. A day alone means its end in UTC. */
  @IsOptional() @IsIsoMoment() expiresAt: string | null = null;
}

/** Accepts any value: whatever is not an access token is an invalid one. */
export class VerifyTokenBody {
  @IsAnything('An access token, as text. Anything else gets `valid: false`.') token: unknown = '';
}
