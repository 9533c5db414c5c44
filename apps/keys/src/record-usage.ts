import { Inject, Injectable } from '@nestjs/common';
import { LogTail } from '@app/log';
import type { MessageOf, ReplyTo } from '@app/platform';
import { UsageStore } from '@app/ports';

/** Takes the running totals of one validating process; they name their own environments, and a repeat is harmless. */
@Injectable()
export class RecordUsage {
  constructor(
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  async run({ data: { totals } }: MessageOf<'keys.usage'>): ReplyTo<'keys.usage'> {
    await this.usage.record(totals);
    return { data: {}, pos: this.tail.applied };
  }
}
