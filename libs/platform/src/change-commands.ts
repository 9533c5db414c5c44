import { Inject, Injectable } from '@nestjs/common';
import { changedNames, Refusal } from '@app/domain';
import { type Command, CommandRunner, LogTail, type Outcome } from '@app/log';
import { Clock } from '@app/ports';

/** Resolves when no validation anywhere can answer from before `pos` any more (fence.md, `change`). Two ways there: a barrier, or the lease. */
export abstract class ChangeFence {
  abstract waitForFence(pos: number, names: readonly string[], sinceMono: number): Promise<void>;
}

/** What the commit changed in addition to the names of its caller: another command may have changed that in between (an environment of an unknown host). */
const namesIn = ({ first, events }: Outcome): readonly string[] => [first, ...events].flatMap((event) => (event === null ? [] : changedNames(event)));

/** Runs commands on things that validations answer from: append, wait for the fence, acknowledge. */
@Injectable()
export class ChangeCommands {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(ChangeFence) private readonly fence: ChangeFence,
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * `names`: the fence's names of what the command is about. "Already done" and "not found" wait too: the denial they repeat
   * may be a moment old and not yet acknowledged to its caller.
   */
  async change(command: Command, names: readonly string[]): Promise<Outcome> {
    try {
      const outcome = await this.runner.run(command);
      await this.fence.waitForFence(outcome.pos, [...new Set([...names, ...namesIn(outcome)])], outcome.durableAtMono);
      return outcome;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'NOT_FOUND') await this.fence.waitForFence(this.tail.applied, names, this.clock.mono());
      throw error;
    }
  }
}
