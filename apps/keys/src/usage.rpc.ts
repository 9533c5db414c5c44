import { Inject } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/messages';
import { type Done, Handles, MessageHandlers } from '@app/platform';
import { CountUsage } from './count-usage.js';
import { RecordUsage } from './record-usage.js';

@MessageHandlers()
export class UsageRpc {
  constructor(
    @Inject(CountUsage) private readonly count: CountUsage,
    @Inject(RecordUsage) private readonly record: RecordUsage,
  ) {}

  @Handles('keys.count-usage')
  countUsage(message: Message<RequestOf<'keys.count-usage'>>): Promise<Done<ReplyOf<'keys.count-usage'>>> {
    return this.count.run(message);
  }

  @Handles('keys.usage')
  recordUsage(message: Message<RequestOf<'keys.usage'>>): Promise<Done<ReplyOf<'keys.usage'>>> {
    return this.record.run(message);
  }
}
