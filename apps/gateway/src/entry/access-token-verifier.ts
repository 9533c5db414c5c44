import { createPublicKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { parseKeyId, parseUuid } from '@app/http-api';
import type { EnvironmentRecord, SigningKeyRecord } from '@app/domain';
import { FenceNode } from '@app/fence';
import type { SessionCaller } from './call.js';
import { CheckedSignatures, type SignedClaims } from './checked-signatures.js';
import { FenceRecords } from './fence-records.js';
import { sessionUser } from './session-user.js';
import { checkingKeys } from './signing-keys.js';

const KEYS_IN_MEMORY = 1_000;

/** Decoders tolerate whitespace, padding and loose bits at the end (RFC 7515, section 2, does not): one token would have many spellings. */
const isCanonical = (token: string): boolean => {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return Buffer.from(signature, 'base64url').toString('base64url') === signature;
};

const issuedUnder = ({ settings, previousAuthUrls }: EnvironmentRecord, { iss, iat }: SignedClaims): boolean =>
  iss === settings.authUrl || previousAuthUrls.some(({ authUrl, replacedAtMs }) => iss === authUrl && iat * 1_000 <= replacedAtMs);

/** After `jwtVerify`, which has seen that the times are numbers. */
const claimsIn = ({ sub, sid, session_epoch: sessionEpoch = 0, iss, iat, exp, nbf }: JWTPayload): SignedClaims => ({
  sub,
  sid,
  sessionEpoch,
  iss,
  iat: Number(iat),
  exp: Number(exp),
  nbf: nbf === undefined ? null : nbf,
});

/** As `jwtVerify` compares times (RFC 7519, sections 4.1.4 and 4.1.5). */
const isWithin = ({ exp, nbf }: SignedClaims, nowMs: number): boolean => {
  const nowSeconds = Math.floor(nowMs / 1_000);
  return nowSeconds < exp && (nbf === null || nbf <= nowSeconds);
};

/** Checks the signature of an access token, then with the fence whether the token is still valid. A token of a blocked user is dead at once. */
@Injectable()
export class AccessTokenVerifier {
  /** By PEM text: parsing a key takes longer than checking a signature with it. */
  readonly #keys = new Map<string, KeyObject>();
  readonly #signatures = new CheckedSignatures();

  constructor(
    @Inject(FenceNode) private readonly node: FenceNode,
    @Inject(FenceRecords) private readonly records: FenceRecords,
  ) {}

  /** Null if the token is not valid, for whatever reason. Refuses with UNAVAILABLE if that is unknown. */
  async verify(environment: EnvironmentRecord, token: string): Promise<SessionCaller | null> {
    const claims = this.#rememberedClaims(environment, token) ?? (isCanonical(token) ? await this.#checkedClaims(environment, token) : null);
    return claims !== null && issuedUnder(environment, claims) ? this.#holding(environment, claims) : null;
  }

  /** Null if the signature has not been checked yet, or not by a key that signs for this environment now, or if the token has ended. */
  #rememberedClaims(environment: EnvironmentRecord, token: string): SignedClaims | null {
    const checked = this.#signatures.of(token);
    if (checked === undefined) return null;
    const { claims, kid, publicKeyPem } = checked;
    if (this.#keyOf(environment, kid)?.publicKeyPem === publicKeyPem && isWithin(claims, this.node.now())) return claims;
    this.#signatures.forget(token);
    return null;
  }

  async #checkedClaims(environment: EnvironmentRecord, token: string): Promise<SignedClaims | null> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, (header) => this.#checkingKey(environment, header), {
        // Named, so that no header can choose: `none`, or HS256 with the public key for a secret.
        algorithms: ['RS256'],
        requiredClaims: ['sub', 'iat', 'exp', 'iss'],
        currentDate: new Date(this.node.now()),
      });
      const kid = protectedHeader.kid ?? null;
      const claims = claimsIn(payload);
      const key = this.#keyOf(environment, kid);
      if (key !== undefined) this.#signatures.remember(token, { kid, publicKeyPem: key.publicKeyPem, claims });
      return claims;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** Tokens from before keys had ids are of the first one, whose id is the environment's. */
  #keyOf(environment: EnvironmentRecord, kid: string | null): SigningKeyRecord | undefined {
    return checkingKeys(environment, this.node.now()).find(
      ({ keyId, activatedAtMs }) => keyId === (kid ?? environment.environmentId) && activatedAtMs !== null,
    );
  }

  #checkingKey(environment: EnvironmentRecord, { kid }: JWTHeaderParameters): KeyObject {
    const key = this.#keyOf(environment, kid ?? null);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    const known = this.#keys.get(key.publicKeyPem) ?? createPublicKey(key.publicKeyPem);
    if (this.#keys.size >= KEYS_IN_MEMORY) this.#keys.clear();
    this.#keys.set(key.publicKeyPem, known);
    return known;
  }

  async #holding({ environmentId }: EnvironmentRecord, { sub, sid, sessionEpoch }: SignedClaims): Promise<SessionCaller | null> {
    // A signature says nothing about types: a claim that is not a text would break what reads it, and an epoch that is not a number is below no other.
    const userId = typeof sub === 'string' ? parseUuid(sub) : null;
    const sessionId = typeof sid === 'string' ? parseKeyId(sid) : null;
    // Without the session that it names, the token would count as one that the backend created, which no logout ends.
    if (userId === null || (sid !== undefined && sessionId === null) || typeof sessionEpoch !== 'number') return null;
    const user = await sessionUser(this.records, environmentId, { userId, sessionId, sessionEpoch });
    return user && { user, sessionId };
  }
}
