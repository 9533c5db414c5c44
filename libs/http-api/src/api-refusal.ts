import type { FieldErrors } from '@app/domain';

/** Why the HTTP edge itself refused a request, for reasons that only it can know. What rules decide is a `Refusal` of the domain. */
export type ApiRefusalCode =
  /** The backend key or the organization key is missing, wrong or revoked. */
  | 'UNAUTHORIZED'
  /** The request came from a page of a foreign origin, or without the header that only our own pages send. */
  | 'FOREIGN_REQUEST'
  /** No environment has the host that was called. */
  | 'UNKNOWN_HOST'
  | 'RATE_LIMITED'
  /** The user is not a member of the organization that the request names. */
  | 'ORG_NOT_FOUND';

/** Becomes a response like a `Refusal` does, through the same formats. */
export class ApiRefusal extends Error {
  readonly code: ApiRefusalCode;
  readonly fields: FieldErrors = {};
  readonly subjectId = null;

  constructor(code: ApiRefusalCode, { message }: { readonly message?: string } = {}) {
    super(message ?? code);
    this.name = 'ApiRefusal';
    this.code = code;
  }
}
