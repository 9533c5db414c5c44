import { Inject, Injectable } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/contracts';
import { decideChangeLease, type DomainEvent, invalidField, type RegistryState, tags } from '@app/domain';
import { CommandRunner } from '@app/log';
import type { Done } from '@app/platform';
import { commandOf } from '../command-of.js';

/** Writes the lease time into a new log, or changes it while nothing runs. */
@Injectable()
export class OpenFence {
  constructor(@Inject(CommandRunner) private readonly runner: CommandRunner) {}

  async run({ meta, data: { leaseMs } }: Message<RequestOf<'keys.open-fence'>>): Promise<Done<ReplyOf<'keys.open-fence'>>> {
    const { pos } = await this.runner.run({ ...commandOf(meta), tags: [tags.registry], decide: (view) => decided(leaseMs, view.registry()) });
    return { data: { leaseMs }, pos };
  }
}

const decided = (leaseMs: number, registry: RegistryState): readonly DomainEvent[] => {
  const events = decideChangeLease(leaseMs, registry);
  const joined = Object.keys(registry.nodes).length;
  // A node that still runs counts its leases by the old time, and the new, shorter one would not wait them out.
  if (events.length > 0 && joined > 0) throw invalidField('leaseMs', `Stop every process first: ${joined} of them may still hold a lease.`);
  return events;
};
