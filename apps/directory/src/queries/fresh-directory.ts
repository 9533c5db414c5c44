import { Inject, Injectable } from '@nestjs/common';
import { Deadline, LogTail } from '@app/log';
import { Clock } from '@app/ports';
import { DirectoryProjection } from '../directory-projection.js';

/** Brings the rows of this replica up to a head that is not older than the question: what was answered before is in every answer. */
@Injectable()
export class FreshDirectory {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Resolves to the head that the rows contain. */
  async upToHead(leftMs: number): Promise<number> {
    const deadline = new Deadline(this.clock, leftMs);
    const head = await this.tail.probe(deadline.leftMs);
    await this.projection.waitFor(head, deadline.leftMs);
    return head;
  }
}
