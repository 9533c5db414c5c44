import { createPublicKey } from 'node:crypto';
import { MAX_ACCESS_TOKEN_MINUTES } from '@app/http-api';
import type { EnvironmentRecord, SigningKeyRecord } from '@app/domain';

const LONGEST_TOKEN_MS = MAX_ACCESS_TOKEN_MINUTES * 60_000;

/** The keys that may have signed a token that is still valid, and one that is published for later. */
export const checkingKeys = ({ signingKeys }: EnvironmentRecord, nowMs: number): readonly SigningKeyRecord[] =>
  signingKeys.filter(({ retiredAtMs }) => retiredAtMs === null || nowMs < retiredAtMs + LONGEST_TOKEN_MS);

/** The JWK set (RFC 7517) of an environment. `kid` is the same as in the header of its tokens. */
export const jsonWebKeySet = (environment: EnvironmentRecord, nowMs: number) => ({
  keys: checkingKeys(environment, nowMs).map(({ keyId, publicKeyPem }) => {
    const { n, e } = createPublicKey(publicKeyPem).export({ format: 'jwk' });
    return { kty: 'RSA', use: 'sig', alg: 'RS256', kid: keyId, n, e };
  }),
});
