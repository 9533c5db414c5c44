import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { bufferOf, NOT_JSON, readJson } from '@app/platform';

const MAC_BYTES = 32;

/**
 * What a message is, beside its content. A question's own content names its asker's `incarnation` and nonce; an answer is bound to both, so that
 * an answer to another question, subject or asker, or a question sent back as an answer, is refused.
 */
export type SealedAs =
  | readonly ['question', subject: string]
  | readonly ['answer', subject: string, incarnation: string, nonce: string]
  | readonly ['push', subject: string]
  | readonly ['ack', subject: string, nonce: string];

/** Seals the fence's messages with HMAC-SHA-256 under the fence secret: 32 bytes MAC, then the content as UTF-8 JSON. */
export class FenceSeal {
  readonly #key: KeyObject;
  /** Refused messages: not sealed with this secret for what they claim to be, or of another shape. */
  refused = 0;

  constructor(secret: Buffer) {
    if (secret.length < MAC_BYTES) throw new Error(`The fence secret has ${secret.length} bytes; it needs at least ${MAC_BYTES}.`);
    this.#key = createSecretKey(secret);
  }

  seal(as: SealedAs, content: unknown): Uint8Array {
    const bytes = Buffer.from(JSON.stringify(content));
    return Buffer.concat([this.#mac(as, bytes), bytes]);
  }

  /** Null if it is refused, which is counted. The MAC is checked before anything else in a message. */
  open<Content>(as: SealedAs, message: Uint8Array, isShaped: (content: unknown) => content is Content): Content | null {
    const content = this.#contentOf(as, message);
    if (content !== undefined && isShaped(content)) return content;
    this.refused += 1;
    return null;
  }

  #contentOf(as: SealedAs, message: Uint8Array): unknown {
    if (message.length < MAC_BYTES) return undefined;
    const bytes = message.subarray(MAC_BYTES);
    if (!timingSafeEqual(message.subarray(0, MAC_BYTES), this.#mac(as, bytes))) return undefined;
    const content = readJson(bufferOf(bytes));
    return content === NOT_JSON ? undefined : content;
  }

  /** JSON never has a line break in its first line, so no content can be read as another one under another head. */
  #mac(as: SealedAs, bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${JSON.stringify(['keyfence.fence.1', ...as])}\n`)
      .update(bytes)
      .digest();
  }
}
