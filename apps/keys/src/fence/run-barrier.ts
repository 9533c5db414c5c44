import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/contracts';
import { Refusal } from '@app/domain';
import { FenceAuthority } from '@app/fence';
import { LogTail } from '@app/log';
import type { Done } from '@app/platform';

/** Answers when no node can answer from before a change that another service has appended. */
@Injectable()
export class RunBarrier {
  constructor(
    @Optional() @Inject(FenceAuthority) private readonly authority: FenceAuthority | undefined,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  async run({ data: { pos, names } }: Message<RequestOf<'keys.barrier'>>): Promise<Done<ReplyOf<'keys.barrier'>>> {
    // A process without the authority (the command line) does not know who holds a lease: it must not say that nobody does.
    if (this.authority === undefined) throw new Refusal('UNAVAILABLE', { message: 'This process is no authority of the fence.' });
    await this.authority.barrier(pos, names);
    return { data: {}, pos: this.tail.applied };
  }
}
