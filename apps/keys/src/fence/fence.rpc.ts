import { Inject } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/contracts';
import { type Done, Handles, MessageHandlers } from '@app/platform';
import { RunBarrier } from './run-barrier.js';

@MessageHandlers()
export class FenceRpc {
  constructor(@Inject(RunBarrier) private readonly barriers: RunBarrier) {}

  @Handles('keys.barrier')
  barrier(message: Message<RequestOf<'keys.barrier'>>): Promise<Done<ReplyOf<'keys.barrier'>>> {
    return this.barriers.run(message);
  }
}
