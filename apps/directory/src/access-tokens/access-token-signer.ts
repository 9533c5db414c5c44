import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import type { EnvironmentState } from '@app/domain';
import { Clock } from '@app/ports';
import { SigningKeys } from '../environments/signing-keys.js';
import { accessTokenClaims, type TokenSubject } from './access-token-claims.js';

export interface SignedToken {
  readonly accessToken: string;
  readonly expiresAtMs: number;
}

/** Signs the tokens that clients check by themselves, with the environment's active key and its auth URL as the issuer. */
@Injectable()
export class AccessTokenSigner {
  constructor(
    @Inject(SigningKeys) private readonly keys: SigningKeys,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async sign(environment: EnvironmentState, subject: TokenSubject, lifetimeSeconds: number): Promise<SignedToken> {
    const issuedAt = Math.floor(this.clock.wall() / 1_000);
    const expiresAt = issuedAt + lifetimeSeconds;
    const { keyId, key } = await this.keys.of(environment);
    const accessToken = await new SignJWT({ ...accessTokenClaims(subject) })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyId })
      .setSubject(subject.user.userId)
      .setIssuer(environment.settings.authUrl)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(key);
    return { accessToken, expiresAtMs: expiresAt * 1_000 };
  }
}
