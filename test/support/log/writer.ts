import { CommandRunner, LogTail, StateCache } from '@app/log';
import type { Command, CommandRunnerOptions, Outcome, StateView } from '@app/log';
import type { DomainEvent } from '@app/domain';
import type { EventLog } from '@app/ports';

/** One process that writes to a log: its own tail, its own memory, its own runner. */
export class Writer {
  readonly tail: LogTail;
  readonly cache: StateCache;
  readonly runner: CommandRunner;

  private constructor(log: EventLog, options: CommandRunnerOptions & { readonly maxTags?: number }) {
    const { clock, maxTags } = options;
    this.tail = new LogTail(log, clock === undefined ? {} : { clock });
    this.cache = new StateCache(log, this.tail, { maxTags: maxTags ?? 1_000 });
    this.runner = new CommandRunner(log, this.tail, this.cache, { retryMs: 1, ...options });
  }

  static async start(log: EventLog, options: CommandRunnerOptions & { readonly maxTags?: number } = {}): Promise<Writer> {
    const writer = new Writer(log, options);
    await writer.tail.start();
    return writer;
  }

  run(commandId: string, decide: (view: StateView, at: number) => readonly DomainEvent[], more: Partial<Command> = {}): Promise<Outcome> {
    return this.runner.run({ commandId, actor: 'operator', decide, ...more });
  }

  async stop(): Promise<void> {
    await this.runner.stop();
    await this.tail.stop();
  }
}
