import type { FieldErrors, RefusalCode } from '@app/domain';

/** The fields that every message has in addition to its data. */
export interface Meta {
  readonly requestId: string;
  /** Random, or with an Idempotency-Key the SHA-256 of environment, backend key id, route and that key. */
  readonly commandId: string;
  /** `''` only for the operator's messages without an environment. */
  readonly environmentId: string;
  /** `backendkey-<id>`, `user-<id>`, `operator` or `system`. */
  readonly actor: string;
  /** Milliseconds left for the whole call when it was sent. */
  readonly leftMs: number;
  /** SHA-256 hex of the request body (scrypt of it where a password is in it), sent only with an Idempotency-Key; the service stores its HMAC. */
  readonly requestDigest?: string;
}
export interface Message<Data> {
  readonly meta: Meta;
  readonly data: Data;
}

/** `pos`: the position that the reply depends on. */
export type Answer<Result> = { readonly ok: true; readonly data: Result; readonly pos: number } | { readonly ok: false; readonly error: WireRefusal };
export interface WireRefusal {
  readonly code: RefusalCode;
  readonly fields: FieldErrors;
  readonly message: string;
  readonly subjectId: string | null;
  readonly retryAfterMs: number | null;
}

export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}
export interface Paging {
  readonly pageNumber: number;
  readonly pageSize: number;
}
export type Empty = Record<string, never>;
