import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@app/domain';
import { LogTail } from '@app/log';
import type { MessageOf, ReplyTo } from '@app/platform';
import { UsageStore } from '@app/ports';

/** Stores the running totals of one validating process; they name their environments, and a repetition is harmless. */
@Injectable()
export class RecordUsage {
  constructor(
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  async run({ data: { totals } }: MessageOf<'keys.usage'>): ReplyTo<'keys.usage'> {
    try {
      await this.usage.record(totals);
    } catch (error) {
      // Another program may hold the store's lock: the totals stay with the process that counted them, which sends them again.
      throw new Refusal('UNAVAILABLE', { message: `The usage store did not take the totals: ${error instanceof Error ? error.message : 'failed'}` });
    }
    return { data: {}, pos: this.tail.applied };
  }
}
