import { Inject, Injectable } from '@nestjs/common';
import { Deadline, LogTail } from '@app/log';
import { Clock } from '@app/ports';
import { Cascade } from './cascade/cascade.js';
import { KeysProjection } from './projection/keys-projection.js';

/** A list waits no longer than this for cascades: a longer cascade appears in lists step by step. */
const CASCADE_WAIT_MS = 1_500;
/** Kept back for the rows and the page itself, so that a list still gets a response after waiting without success. */
const READ_MS = 400;

/**
 * Brings the rows of this replica up to a head that is not older than the question, so that a list right after a creation has the new key,
 * and, as far as time allows, with the results of cascades of causes up to that head.
 */
@Injectable()
export class FreshKeys {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(KeysProjection) private readonly projection: KeysProjection,
    @Inject(Cascade) private readonly cascade: Cascade,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Resolves to the head that the rows contain. */
  async withCascades(leftMs: number): Promise<number> {
    const deadline = new Deadline(this.clock, leftMs);
    const head = await this.tail.probe(deadline.leftMs);
    const waitMs = Math.max(0, Math.min(CASCADE_WAIT_MS, deadline.leftMs - READ_MS));
    const done = await this.cascade.handled(head, waitMs);
    // The commits of the cascade come after the head, and are applied here once it reports the cause as carried out.
    await this.projection.waitFor(done ? this.tail.applied : head, deadline.leftMs);
    return head;
  }
}
