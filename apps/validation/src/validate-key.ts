import { isLocked, permits, wireValidation } from '@app/http-api';
import { answerUser, keyVerdict, type KeyVerdictRecords } from '@app/domain';
import type { CachedRecord, FenceNode, PreparedAnswer, ResolvedRecords } from '@app/fence';
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

/** What this needs of the fence's node. */
export type ValidatingNode = Pick<FenceNode, 'hit' | 'resolve' | 'now'>;

const UNAUTHORIZED: ValidationOutcome = { kind: 'unauthorized' };
const FORBIDDEN: ValidationOutcome = { kind: 'forbidden' };
const MALFORMED: ValidationOutcome = { kind: 'malformed' };
/** One for all reasons: what is not valid looks like what does not exist. */
const INVALID: ValidationOutcome = { kind: 'invalid' };

/** A key's records with the places for what is made from them. */
type Answerable = Pick<CachedRecord, 'answer' | 'link' | 'slot'> & { readonly verdict: ResolvedRecords };

/** Is this token good, and what does the caller learn: backend key, permission, token, verdict, limit, usage, bytes, in this order. */
export class ValidateKey {
  readonly #node: ValidatingNode;
  readonly #limiter: RateLimiter;
  readonly #usage: UsageCounter;

  constructor(node: ValidatingNode, limiter: RateLimiter, usage: UsageCounter) {
    this.#node = node;
    this.#limiter = limiter;
    this.#usage = usage;
  }

  /** The hot path: from memory, in one synchronous step, so that what the node's lease covered at its start still holds at its end. Null: `lookUp`. */
  fromMemory(call: PresentedCall): ValidationOutcome | null {
    const digest = call.backendKeyDigest();
    if (digest === null) return UNAUTHORIZED;
    const backendKey = this.#node.hit(digest);
    if (backendKey !== null) return this.#withBackendKey(backendKey.verdict, call);
    return call.backendKeyCanExist() ? null : UNAUTHORIZED;
  }

  /**
   * Asks for what memory does not have, a count that others share included. Throws `FenceUnavailable` if that cannot be known. The count
   * is waited for first: the lease may end meanwhile, so everything is looked at again after it.
   */
  async lookUp(call: PresentedCall): Promise<ValidationOutcome> {
    if (call.taken !== null) await call.counting();
    const digest = call.backendKeyDigest();
    const backendKey = digest === null ? null : await this.#node.resolve(digest);
    if (backendKey === null) return UNAUTHORIZED;
    return this.#withBackendKey(backendKey, call) ?? this.#lookUpToken(call.tokenDigest(backendKey.records.environment.environmentId), call);
  }

  #withBackendKey({ kind, records }: ResolvedRecords, call: PresentedCall): ValidationOutcome | null {
    if (kind !== 'backendkey' || records.backendKey.revoked) return UNAUTHORIZED;
    if (!permits(records.backendKey, 'Validate API Keys')) return FORBIDDEN;
    if (!call.hasToken) return MALFORMED;
    // The checksum is looked at after memory: whatever is in memory had a right one.
    const key = this.#node.hit(call.tokenDigest(records.environment.environmentId));
    if (key !== null) return this.#outcomeOf(key, call);
    return call.tokenCanExist() ? null : INVALID;
  }

  async #lookUpToken(digest: string, call: PresentedCall): Promise<ValidationOutcome> {
    const verdict = await this.#node.resolve(digest);
    if (verdict === null) return INVALID;
    for (;;) {
      // What was read may be in memory now, where the bytes made here serve the next call. Where it is not, it was read for this call
      // alone, and stands also when the count took its time.
      const outcome = this.#outcomeOf(this.#node.hit(digest) ?? { verdict, answer: null, link: null, slot: null }, call);
      if (outcome !== null) return outcome;
      await call.counting();
    }
  }

  /** Null: the count that it takes is under way. */
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
    // A lock of the login ends by itself: its answer must not be kept.
    if (!showsLock(records, nowMs)) key.answer = body;
    return { kind: 'valid', body };
  }

  /** Null: not limited. A call is counted once, however often its verdict is taken. */
  #taken(records: KeyVerdictRecords, call: PresentedCall): PresentedCall['taken'] {
    const owner = limitedOwner(records);
    const limit = owner === null ? null : ownerLimit(records);
    if (owner === null || limit === null) return null;
    call.taken ??= this.#limiter.take(owner, limit);
    return call.taken;
  }
}

/** Without metadata a key's answer is made of its principals alone: then one serves all keys with the same, for as long as they are linked to them. */
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
