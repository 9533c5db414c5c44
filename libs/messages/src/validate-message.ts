/** A validation as a message: the backend key in a header, the body as over HTTP; `"imported": true` in it asks for an imported key. */
export interface ValidateMessage {
  readonly authorization: string | undefined;
  readonly requestId: string | null;
  readonly body: Buffer;
}

export interface ValidateReply {
  /** As over HTTP: 200, 400, 401, 403, 413, 429, 500, 503. */
  readonly status: number;
  readonly requestId: string;
  /** Seconds. */
  readonly retryAfter: string | null;
  readonly body: string | Buffer;
}
