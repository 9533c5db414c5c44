import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { hasValidChecksum, tokenDigest } from '@app/tokens';
import { bearerTokenOf } from '../http/bearer-token.js';
import { BackendKeyVerifier } from './backend-key-verifier.js';
import { rememberVerifiedKey } from './verified-keys.js';

/** The digest of what may be a backend key; null: it is none, and needs no look-up to say so. */
const presentedDigest = (request: FastifyRequest): string | null => {
  const token = bearerTokenOf(request);
  return token !== null && hasValidChecksum(token) ? tokenDigest('backend', token) : null;
};

/** Finds out who asks and lets everybody pass: the limit that follows counts per key, the guard after it turns strangers away. */
@Injectable()
export class IdentifyBackendKey implements CanActivate {
  constructor(@Inject(BackendKeyVerifier) private readonly verifier: BackendKeyVerifier) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const digest = presentedDigest(request);
    const key = digest === null ? null : await this.verifier.verify(digest);
    if (key !== null && !key.backendKey.revoked) rememberVerifiedKey(request, key);
    return true;
  }
}
