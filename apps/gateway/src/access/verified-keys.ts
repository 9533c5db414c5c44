import type { FastifyRequest } from 'fastify';
import { Refusal } from '@app/domain';
import type { VerifiedBackendKey } from './backend-key-verifier.js';

// Beside the request, not on it: nothing that comes in with a request can pose as a verified key.
const verified = new WeakMap<FastifyRequest, VerifiedBackendKey>();

export const rememberVerifiedKey = (request: FastifyRequest, key: VerifiedBackendKey): void => {
  verified.set(request, key);
};

export const verifiedKeyOf = (request: FastifyRequest): VerifiedBackendKey | null => verified.get(request) ?? null;

/** The key that opened the request; without one it is 401, whatever else is wrong with the request. */
export const requireVerifiedKey = (request: FastifyRequest): VerifiedBackendKey => {
  const key = verifiedKeyOf(request);
  if (key === null) throw new Refusal('UNAUTHORIZED');
  return key;
};
