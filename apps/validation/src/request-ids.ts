import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { givenRequestId } from '@app/platform';

/** The caller's own id where it is a sane one, else one that is unique without asking for random bytes on each request. */
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
