import { Inject, Injectable } from '@nestjs/common';
import { Deadline, LogTail } from '@app/log';
import { Clock } from '@app/ports';
import { Cascade } from './cascade/cascade.js';
import { KeysProjection } from './projection/keys-projection.js';

/** A list waits no longer than this for cascades: a longer one shows as it proceeds. */
const CASCADE_WAIT_MS = 1_500;
/** Kept back for the rows and the page itself, so that a list that has waited without success is still answered. */
const READ_MS = 400;

/**
 * Brings the rows of this replica up to a head that is not older than the question, so that a list right after a create holds it,
 * and as far as time allows with what cascades of causes up to that head have done to the keys.
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
    // What the cascade appended lies after the head, and is applied here by the time it calls a cause handled.
    await this.projection.waitFor(done ? this.tail.applied : head, deadline.leftMs);
    return head;
  }
}
