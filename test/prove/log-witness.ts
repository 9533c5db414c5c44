import { MongoEventLog, type MongoLink, openMongo } from '@app/adapters/mongo';
import { chainHash, type DecodedCommit, decodeCommit, verifyLog } from '@app/log';
import { mongoDatabaseUrl, type Stack } from '@tools/stack';
import type { Violations } from './violations.js';

const LOOK_EVERY_MS = 2_000;
const PAGE = 500;
/** The newest are looked at again: a position that changed its content would most likely be one that was just taken. */
const LOOKED_AT_AGAIN = 15;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Reads the log all the time, on a line of its own, and remembers what stood at each position (I5). */
export class LogWitness {
  readonly #link: MongoLink;
  readonly #log: MongoEventLog;
  readonly #violations: Violations;
  readonly #seen: string[] = [];
  #isOver = false;
  #watching: Promise<void> = Promise.resolve();

  private constructor(link: MongoLink, violations: Violations) {
    this.#link = link;
    this.#log = new MongoEventLog(link);
    this.#violations = violations;
  }

  static async watching({ servers }: Stack, violations: Violations): Promise<LogWitness> {
    const link = await openMongo({ url: mongoDatabaseUrl(servers.mongo.url, 'keyfence'), appName: 'keyfence proof', deadlineMs: 5_000 });
    const witness = new LogWitness(link, violations);
    witness.#watching = witness.#watch();
    return witness;
  }

  get head(): number {
    return this.#seen.length;
  }

  /** The whole log, checked from its first byte to its last and against everything that was ever seen of it. */
  async end(): Promise<readonly DecodedCommit[]> {
    this.#isOver = true;
    await this.#watching;
    const verdict = await verifyLog(this.#log);
    if (!verdict.ok) this.#violations.add('I5', `Position ${verdict.pos} of the log: ${verdict.problem}`);
    await this.#read(1);
    return this.commits();
  }

  async commits(): Promise<readonly DecodedCommit[]> {
    const commits: DecodedCommit[] = [];
    for (;;) {
      const page = await this.#log.readFrom(commits.length + 1, PAGE);
      commits.push(...page.map(decodeCommit));
      if (page.length < PAGE) return commits;
    }
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      // A store that does not answer is one of the faults.
      await this.#read(Math.max(1, this.#seen.length - LOOKED_AT_AGAIN)).catch(() => undefined);
      await pause(LOOK_EVERY_MS);
    }
  }

  async #read(from: number): Promise<void> {
    for (let next = from; ;) {
      const page = await this.#log.readFrom(next, PAGE);
      for (const commit of page) this.#look(commit.pos, chainHash(commit));
      next += page.length;
      if (page.length < PAGE) return;
    }
  }

  #look(pos: number, hash: string): void {
    const before = this.#seen[pos - 1];
    if (before !== undefined && before !== hash) this.#violations.add('I5', `Position ${pos} of the log has changed its content.`);
    else this.#seen[pos - 1] = hash;
  }
}
