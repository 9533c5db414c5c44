/** Why a command was refused or a question could not be answered: a closed list, mapped to HTTP in one table at the edge. */
export type RefusalCode =
  | 'INVALID_FIELDS'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'USER_NOT_FOUND'
  | 'ORGANIZATIONS_DISABLED'
  | 'ACCESS_TOKENS_DISABLED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'TOKEN_SHOWN_ONCE'
  /** Login: unknown user, no password, or a wrong one. Never says which. */
  | 'WRONG_CREDENTIALS'
  | 'ACCOUNT_DISABLED'
  | 'ACCOUNT_LOCKED'
  | 'EMAIL_NOT_CONFIRMED'
  | 'ACTION_DISABLED'
  | 'SESSION_OVER'
  | 'NOT_A_MEMBER'
  /** A choice that the environment does not offer. */
  | 'INVALID_OPTION'
  /** Keys of this kind are disabled in the environment; `fields` names the field that makes the key one of them. */
  | 'KEY_KIND_DISABLED'
  /** Too much of the same work is under way; the same request may succeed in a moment. */
  | 'BUSY'
  | 'UNAVAILABLE';

/** Field name (camelCase; the edge turns it into its own spelling) to sentences that say what is wrong and how to fix it. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/**
 * A refusal by a rule. Deciders throw it; the runner repeats the decision on a fresh head before it returns the refusal,
 * because a refusal on stale state would break real-time order (fence.md, "Fresh or appended").
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly fields: FieldErrors;
  /** What a repeated creation of a secret may still return: the id of the created key. */
  readonly subjectId: string | null;

  constructor(code: RefusalCode, details: { fields?: FieldErrors; subjectId?: string; message?: string } = {}) {
    super(details.message ?? code);
    this.name = 'Refusal';
    this.code = code;
    this.fields = details.fields ?? {};
    this.subjectId = details.subjectId ?? null;
  }
}

/** A 400 that names one field. */
export const invalidField = (field: string, sentence: string): Refusal => new Refusal('INVALID_FIELDS', { fields: { [field]: [sentence] } });

export const notFound = (): Refusal => new Refusal('NOT_FOUND');
