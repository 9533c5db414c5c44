import type { Meta } from '@app/messages';
import type { Command, RequestHash } from '@app/log';

/** How a service hashes requests, under secrets of its own. */
export interface RequestHashing {
  /** Null without an Idempotency-Key. */
  requestHash(meta: Meta): RequestHash | null;
}

/** What every command copies from its message. */
export const commandOf = (meta: Meta, hashing: RequestHashing): Omit<Command, 'decide' | 'tags'> => ({
  commandId: meta.commandId,
  actor: meta.actor,
  requestHash: hashing.requestHash(meta),
  deadlineMs: meta.leftMs,
});
