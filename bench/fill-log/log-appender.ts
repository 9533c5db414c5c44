import type { SqliteEventLog } from '@app/adapters/sqlite';
import type { DomainEvent } from '@app/domain';
import { decodeCommit, type DecodedCommit, FIRST_PREV, prepareCommit } from '@app/log';
import { newCommandId } from '@app/platform';
import type { Commit } from '@app/ports';

/** Commits of one transaction. */
const BATCH = 10_000;

/** Continues the chain of a log; what it is given is durable after `flush`. */
export class LogAppender {
  readonly #log: SqliteEventLog;
  #batch: Commit[] = [];
  #pos = 0;
  #prev: string = FIRST_PREV;
  #at = 0;

  private constructor(log: SqliteEventLog) {
    this.#log = log;
  }

  static async atHeadOf(log: SqliteEventLog): Promise<LogAppender> {
    const appender = new LogAppender(log);
    const head = await log.readHead();
    if (head !== null) appender.#moveTo(decodeCommit(head));
    return appender;
  }

  get pos(): number {
    return this.#pos;
  }
  get at(): number {
    return this.#at;
  }

  /** Returns when the commit has its place, most of the time long before it is stored. */
  async append(events: readonly DomainEvent[]): Promise<DecodedCommit> {
    this.#at = Math.max(this.#at, Date.now());
    const content = { commandId: newCommandId(), requestHash: null, at: this.#at, actor: 'system', events } as const;
    const { commit, decoded } = prepareCommit(this.#pos + 1, this.#prev, content);
    this.#batch.push(commit);
    this.#moveTo(decoded);
    if (this.#batch.length >= BATCH) await this.flush();
    return decoded;
  }

  async flush(): Promise<void> {
    const stored = await this.#log.insert(this.#batch);
    if (stored < this.#batch.length) throw new Error('Another process wrote to the log.');
    this.#batch = [];
  }

  #moveTo({ pos, hash, at }: DecodedCommit): void {
    [this.#pos, this.#prev, this.#at] = [pos, hash, at];
  }
}
