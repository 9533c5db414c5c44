import { Inject } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/contracts';
import { type Done, Handles, MessageHandlers } from '@app/platform';
import { OpenFence } from './open-fence.js';
import { RunBarrier } from './run-barrier.js';

@MessageHandlers()
export class FenceRpc {
  constructor(@Inject(RunBarrier) private readonly barriers: RunBarrier, @Inject(OpenFence) private readonly open: OpenFence) {}

  @Handles('keys.barrier')
  barrier(message: Message<RequestOf<'keys.barrier'>>): Promise<Done<ReplyOf<'keys.barrier'>>> {
    return this.barriers.run(message);
  }

  @Handles('keys.open-fence')
  openFence(message: Message<RequestOf<'keys.open-fence'>>): Promise<Done<ReplyOf<'keys.open-fence'>>> {
    return this.open.run(message);
  }
}
