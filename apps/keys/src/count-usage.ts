import { Inject, Injectable } from '@nestjs/common';
import { LogTail } from '@app/log';
import type { MessageOf, ReplyTo } from '@app/platform';
import { UsageStore } from '@app/ports';

/** Validations of one UTC day. Usage is not a read model of the log: there is no position to wait for. */
@Injectable()
export class CountUsage {
  constructor(
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  async run({ meta, data: { day, keyId, userId, orgId } }: MessageOf<'keys.count-usage'>): ReplyTo<'keys.count-usage'> {
    const count = await this.usage.count({ environmentId: meta.environmentId, day, keyId, userId, orgId });
    return { data: { count }, pos: this.tail.applied };
  }
}
