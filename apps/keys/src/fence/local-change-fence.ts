import { Inject, Injectable } from '@nestjs/common';
import { FenceAuthority, waitForFence } from '@app/fence';
import { ChangeFence } from '@app/platform';
import { Clock } from '@app/ports';

/** For a process that is itself a replica of the authority: the barrier is a call. */
@Injectable()
export class LocalChangeFence extends ChangeFence {
  constructor(
    @Inject(FenceAuthority) private readonly authority: FenceAuthority,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    super();
  }

  waitForFence(pos: number, names: readonly string[], sinceMono: number): Promise<void> {
    return waitForFence(this.clock, this.authority.parameters.leaseAuthorityMs, sinceMono, () => this.authority.barrier(pos, names));
  }
}
