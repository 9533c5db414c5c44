import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { givenRequestId } from '@app/platform';

/** The caller's own id if it is well-formed; otherwise a unique one that needs no random bytes for each request. */
export class RequestIds {
  readonly #prefix = `${randomBytes(6).toString('hex')}-`;
  #last = 0;

  of(request: IncomingMessage): string {
    const given = givenRequestId(request);
    if (given !== null) return given;
    this.#last += 1;
    return this.#prefix + this.#last.toString(36);
  }
}
