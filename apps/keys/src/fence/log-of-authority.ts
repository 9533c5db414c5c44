import { Inject, Injectable } from '@nestjs/common';
import { type DomainEvent, type RegistryState, tags } from '@app/domain';
import { type AppliedCommit, type AuthorityLog, fenceLimits, FenceUnavailable } from '@app/fence';
import { chainHash, CommandRunner, decodeCommit, type Head, LogTail } from '@app/log';
import { EntityStates } from '@app/platform';
import { EventLog } from '@app/ports';

/** The log as the authority of the fence sees it: this process's tail, and the store behind it. */
@Injectable()
export class LogOfAuthority implements AuthorityLog {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(EntityStates) private readonly states: EntityStates,
  ) {}

  get head(): Head {
    return this.tail.head;
  }

  /** A store that is down is not a fault of the authority: the caller learns that the answer cannot be known now. */
  async probe(): Promise<number> {
    try {
      return await this.tail.probe(fenceLimits.queryDeadlineMs);
    } catch (cause) {
      throw new FenceUnavailable('the log does not answer', { cause });
    }
  }

  waitFor(pos: number, deadlineMs: number): Promise<void> {
    return this.tail.waitFor(pos, deadlineMs);
  }

  async hashAt(pos: number): Promise<string | null> {
    const remembered = this.tail.hashAt(pos);
    if (remembered !== undefined) return remembered;
    // By position, which every store finds at once: after a restart each renewal asks for a position before the start.
    const [commit] = await this.log.readFrom(pos, 1);
    return commit?.pos === pos ? chainHash(commit) : null;
  }

  onApply(listener: (commit: AppliedCommit) => void): () => void {
    return this.tail.onApply(listener);
  }

  async readBack(pos: number, limit: number): Promise<readonly AppliedCommit[]> {
    return (await this.log.readBack(pos, limit)).map((commit) => ({ pos: commit.pos, events: decodeCommit(commit).events }));
  }

  registryAt(pos: number): Promise<RegistryState> {
    return this.states.loadAt('registry', tags.registry, pos);
  }

  async append(commandId: string, decide: (registry: RegistryState) => readonly DomainEvent[]): Promise<void> {
    await this.runner.run({ commandId, actor: 'system', tags: [tags.registry], decide: (view) => decide(view.registry()) });
  }
}
