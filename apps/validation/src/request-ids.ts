import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What may stand in a header of ours and in a log line. */
const SANE = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's own id where it is a sane one, else one that is unique without asking for random bytes on each request. */
export class RequestIds {
  readonly #prefix = `${randomBytes(6).toString('hex')}-`;
  #last = 0;

  of(request: IncomingMessage): string {
    const given = request.headers['x-request-id'];
    if (typeof given === 'string' && SANE.test(given)) return given;
    this.#last += 1;
    return this.#prefix + this.#last.toString(36);
  }
}
