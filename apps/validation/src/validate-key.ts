import { isLocked, permits, wireValidation } from '@app/http-api';
import { answerUser, keyVerdict, type KeyVerdictRecords } from '@app/domain';
import { type CachedRecord, type FenceNode, type PreparedAnswer, type ResolvedRecords, UNVERIFIED } from '@app/fence';
import type { UsageCounter } from '@app/platform';
import type { RateLimiter } from '@app/ports';
import { limitedOwner, ownerLimit } from './owner-limit.js';
import type { PresentedCall } from './presented-call.js';

export type ValidationOutcome =
  | { readonly kind: 'valid'; readonly body: PreparedAnswer }
  | { readonly kind: 'limited'; readonly waitMs: number }
  /** The backend key is missing, wrong or revoked. */
  | { readonly kind: 'unauthorized' }
  /** The backend key lacks the permission. */
  | { readonly kind: 'forbidden' }
  /** The request names no token. */
  | { readonly kind: 'malformed' }
  /** The token is not valid, for whatever reason. */
  | { readonly kind: 'invalid' };

/** What this class needs of the fence's node. */
export type ValidatingNode = Pick<FenceNode, 'hit' | 'resolve' | 'now'>;

const UNAUTHORIZED: ValidationOutcome = { kind: 'unauthorized' };
const FORBIDDEN: ValidationOutcome = { kind: 'forbidden' };
const MALFORMED: ValidationOutcome = { kind: 'malformed' };
/** One answer for all reasons: an invalid key looks like one that does not exist. */
const INVALID: ValidationOutcome = { kind: 'invalid' };

/** A key's records with the places for what is made from them. */
type Answerable = Pick<CachedRecord, 'answer' | 'link' | 'slot'> & { readonly verdict: ResolvedRecords };

/** Decides whether a token is valid and what the caller learns. The order is backend key, permission, token, verdict, limit, usage, bytes. */
export class ValidateKey {
  readonly #node: ValidatingNode;
  readonly #limiter: RateLimiter;
  readonly #usage: UsageCounter;

  constructor(node: ValidatingNode, limiter: RateLimiter, usage: UsageCounter) {
    this.#node = node;
    this.#limiter = limiter;
    this.#usage = usage;
  }

  /** The hot path: from memory, in one synchronous step, so that the node's lease covers all of it. Null if a `lookUp` is needed. */
  fromMemory(call: PresentedCall): ValidationOutcome | null {
    const digest = call.backendKeyDigest();
    if (digest === null) return UNAUTHORIZED;
    const backendKey = this.#node.hit(digest);
    if (backendKey !== null) return this.#withBackendKey(backendKey.verdict, call);
    return call.backendKeyCanExist() ? null : UNAUTHORIZED;
  }

  /**
   * Asks for what memory does not have, including a count that processes share. Throws `FenceUnavailable` if the answer cannot be known. The count
   * comes first: the lease may end meanwhile, so everything is checked again after it.
   */
  async lookUp(call: PresentedCall): Promise<ValidationOutcome> {
    if (call.taken !== null) await call.counting();
    const digest = call.backendKeyDigest();
    // Until its backend key is verified, the caller may be anyone: it takes no place of verified callers.
    const backendKey = digest === null ? null : await this.#node.resolve(digest, UNVERIFIED);
    if (backendKey === null) return UNAUTHORIZED;
    return this.#withBackendKey(backendKey, call) ?? this.#lookUpToken(call.tokenDigest(backendKey.records.environment.environmentId), call);
  }

  #withBackendKey({ kind, records }: ResolvedRecords, call: PresentedCall): ValidationOutcome | null {
    if (kind !== 'backendkey' || records.backendKey.revoked) return UNAUTHORIZED;
    if (!permits(records.backendKey, 'Validate API Keys')) return FORBIDDEN;
    if (!call.hasToken) return MALFORMED;
    // The checksum is checked after memory: every token in memory had a correct one.
    const key = this.#node.hit(call.tokenDigest(records.environment.environmentId));
    if (key !== null) return this.#outcomeOf(key, call);
    return call.tokenCanExist() ? null : INVALID;
  }

  async #lookUpToken(digest: string, call: PresentedCall): Promise<ValidationOutcome> {
    const verdict = await this.#node.resolve(digest);
    if (verdict === null) return INVALID;
    for (;;) {
      // The records may be in memory now, where the bytes built here serve the next call. If they are not, they were read for this call
      // alone, and stay valid even if the count was slow.
      const outcome = this.#outcomeOf(this.#node.hit(digest) ?? { verdict, answer: null, link: null, slot: null }, call);
      if (outcome !== null) return outcome;
      await call.counting();
    }
  }

  /** Null while its count is pending. */
  #outcomeOf(key: Answerable, call: PresentedCall): ValidationOutcome | null {
    const { kind, records } = key.verdict;
    if (kind !== 'key') return INVALID;
    const nowMs = this.#node.now();
    if (!keyVerdict(records, nowMs).valid) return INVALID;
    const taken = this.#taken(records, call);
    if (taken instanceof Promise) return null;
    if (taken !== null && !taken.allowed) return { kind: 'limited', waitMs: taken.leftMs };
    this.#usage.count(key, records.key, nowMs);
    const body = key.answer ?? answerOf(key, records, nowMs);
    // A lock of the login ends by itself: its response must not be kept.
    if (!showsLock(records, nowMs)) key.answer = body;
    return { kind: 'valid', body };
  }

  /** Null if there is no limit. A call counts once, however often its verdict is computed. */
  #taken(records: KeyVerdictRecords, call: PresentedCall): PresentedCall['taken'] {
    const owner = limitedOwner(records);
    const limit = owner === null ? null : ownerLimit(records);
    if (owner === null || limit === null) return null;
    call.taken ??= this.#limiter.take(owner, limit);
    return call.taken;
  }
}

/** Without metadata a key's response depends on its principals alone: then one serves all keys with the same principals, as long as the keys are linked to them. */
const answerOf = ({ link }: Answerable, records: KeyVerdictRecords, nowMs: number): PreparedAnswer => {
  if (link === null || records.key.metadata !== null || showsLock(records, nowMs)) return prepared(records, nowMs);
  link.answer ??= prepared(records, nowMs);
  return link.answer;
};

const showsLock = ({ user }: KeyVerdictRecords, nowMs: number): boolean => user !== null && isLocked(user, nowMs);

const prepared = (records: KeyVerdictRecords, nowMs: number): PreparedAnswer => {
  const bytes = Buffer.from(JSON.stringify(wireValidation(records, answerUser(records), nowMs)));
  return { latin1: bytes.toString('latin1'), byteLength: String(bytes.length) };
};
