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
  /** Login: no such user, no password, or another one. Never says which. */
  | 'WRONG_CREDENTIALS'
  | 'ACCOUNT_DISABLED'
  | 'ACCOUNT_LOCKED'
  | 'EMAIL_NOT_CONFIRMED'
  | 'ACTION_DISABLED'
  | 'SESSION_OVER'
  | 'NOT_A_MEMBER'
  /** A choice that the environment does not offer. */
  | 'INVALID_OPTION'
  /** Keys of this kind are disabled in the environment; `fields` names what makes the key one of them. */
  | 'KEY_KIND_DISABLED'
  | 'UNAVAILABLE';

/** Field name (camelCase; the edge turns it into its own spelling) to sentences that say what is wrong and how to fix it. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/**
 * A refusal by a rule. Deciders throw it; the runner takes the decision again on a fresh head before it lets it out,
 * because a refusal on stale state would break real-time order (fence.md, "Fresh or appended").
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly fields: FieldErrors;
  /** What a repeated, secret-bearing creation may still say: the id of the key it made. */
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
