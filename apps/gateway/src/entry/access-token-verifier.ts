import { createPublicKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { parseKeyId, parseUuid } from '@app/http-api';
import type { EnvironmentRecord } from '@app/domain';
import { FenceNode } from '@app/fence';
import type { SessionCaller } from './call.js';
import { FenceRecords } from './fence-records.js';
import { sessionUser } from './session-user.js';
import { checkingKeys } from './signing-keys.js';

const KEYS_IN_MEMORY = 1_000;

/** Decoders tolerate whitespace, padding and loose bits at the end (RFC 7515, section 2, does not): one token would have many spellings. */
const isCanonical = (token: string): boolean => {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return Buffer.from(signature, 'base64url').toString('base64url') === signature;
};

const issuedUnder = ({ settings, previousAuthUrls }: EnvironmentRecord, { iss, iat }: JWTPayload): boolean =>
  iss === settings.authUrl || previousAuthUrls.some(({ authUrl, replacedAtMs }) => iss === authUrl && Number(iat) * 1_000 <= replacedAtMs);

/** Checks the signature of an access token, then with the fence whether the token is still valid. A token of a blocked user is dead at once. */
@Injectable()
export class AccessTokenVerifier {
  /** By PEM text: parsing a key takes longer than checking a signature with it. */
  readonly #keys = new Map<string, KeyObject>();

  constructor(
    @Inject(FenceNode) private readonly node: FenceNode,
    @Inject(FenceRecords) private readonly records: FenceRecords,
  ) {}

  /** Null if the token is not valid, for whatever reason. Refuses with UNAVAILABLE if that is unknown. */
  async verify(environment: EnvironmentRecord, token: string): Promise<SessionCaller | null> {
    const claims = isCanonical(token) ? await this.#claimsOf(environment, token) : null;
    return claims === null ? null : this.#holding(environment, claims);
  }

  async #claimsOf(environment: EnvironmentRecord, token: string): Promise<JWTPayload | null> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyFor(environment, header), {
        // Named, so that the header cannot choose `none`, or HS256 with the public key as the secret.
        algorithms: ['RS256'],
        requiredClaims: ['sub', 'iat', 'exp', 'iss'],
        currentDate: new Date(this.node.now()),
      });
      return issuedUnder(environment, payload) ? payload : null;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** A token without a key id is from the first key, whose id is that of the environment. */
  #keyFor(environment: EnvironmentRecord, { kid = environment.environmentId }: JWTHeaderParameters): KeyObject {
    const key = checkingKeys(environment, this.node.now()).find(({ keyId, activatedAtMs }) => keyId === kid && activatedAtMs !== null);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    const known = this.#keys.get(key.publicKeyPem) ?? createPublicKey(key.publicKeyPem);
    if (this.#keys.size >= KEYS_IN_MEMORY) this.#keys.clear();
    this.#keys.set(key.publicKeyPem, known);
    return known;
  }

  async #holding({ environmentId }: EnvironmentRecord, claims: JWTPayload): Promise<SessionCaller | null> {
    const { sub, sid, session_epoch: sessionEpoch = 0 } = claims;
    // A signature says nothing about types: a claim that is not text would break the code that reads it, and an epoch that is not a number compares as valid.
    const userId = typeof sub === 'string' ? parseUuid(sub) : null;
    const sessionId = typeof sid === 'string' ? parseKeyId(sid) : null;
    // Without the session that it names, the token would count as one that the backend created, which no logout ends.
    if (userId === null || (sid !== undefined && sessionId === null) || typeof sessionEpoch !== 'number') return null;
    const user = await sessionUser(this.records, environmentId, { userId, sessionId, sessionEpoch });
    return user && { user, sessionId };
  }
}
