import { Inject, Injectable } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/messages';
import { LogTail } from '@app/log';
import type { Done } from '@app/platform';
import { UsageStore } from '@app/ports';

/** Validations of one UTC day. Usage is no read model of the log: there is no position to wait for. */
@Injectable()
export class CountUsage {
  constructor(
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  async run({ meta, data: { day, keyId, userId, orgId } }: Message<RequestOf<'keys.count-usage'>>): Promise<Done<ReplyOf<'keys.count-usage'>>> {
    const count = await this.usage.count({ environmentId: meta.environmentId, day, keyId, userId, orgId });
    return { data: { count }, pos: this.tail.applied };
  }
}
