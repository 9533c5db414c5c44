import { type Commit, EventLog, type LogProblem } from '@app/ports';

const never = <Answer>(): Promise<Answer> => new Promise(() => undefined);

/**
 * The log of a process that is killed at one of its inserts, before it is stored or before the answer arrives.
 * From then on nothing of that process reaches the log or hears of it.
 */
export class DyingLog extends EventLog {
  readonly #log: EventLog;
  readonly #death: { readonly atInsert: number; readonly stored: boolean };
  readonly #counts: (commits: readonly Commit[]) => boolean;
  #seen = 0;
  #died: () => void = () => undefined;
  #dead = false;
  readonly died = new Promise<void>((resolve) => {
    this.#died = resolve;
  });

  constructor(log: EventLog, death: { atInsert: number; stored: boolean }, counts: (commits: readonly Commit[]) => boolean) {
    super();
    this.#log = log;
    this.#death = death;
    this.#counts = counts;
  }

  async insert(commits: readonly Commit[]): Promise<number> {
    if (this.#dead) return never();
    if (!this.#counts(commits) || this.#seen++ < this.#death.atInsert) return this.#log.insert(commits);
    if (this.#death.stored) await this.#log.insert(commits);
    this.#dead = true;
    this.#died();
    return never();
  }
  readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    return this.#dead ? never() : this.#log.readFrom(fromPos, limit);
  }
  readBack(pos: number, limit: number): Promise<readonly Commit[]> {
    return this.#dead ? never() : this.#log.readBack(pos, limit);
  }
  readTagged(tag: string, uptoPos?: number): Promise<readonly Commit[]> {
    return this.#dead ? never() : this.#log.readTagged(tag, uptoPos);
  }
  readHead(): Promise<Commit | null> {
    return this.#dead ? never() : this.#log.readHead();
  }
  checkIndex(): Promise<LogProblem | null> {
    return this.#dead ? never() : this.#log.checkIndex();
  }
  close(): Promise<void> {
    return this.#log.close();
  }
}
