import { EventLog } from '@app/ports';
import type { Commit, LogProblem } from '@app/ports';

/** A log without a store, for tests of what stands above it. Several holders of one instance are several writers. */
export class MemoryEventLog extends EventLog {
  readonly #commits: Commit[] = [];

  async insert(commits: readonly Commit[]): Promise<number> {
    let stored = 0;
    for (const commit of commits) {
      if (commit.pos > this.#commits.length + 1) throw new Error(`A hole before ${commit.pos}.`);
      if (commit.pos <= this.#commits.length) break;
      this.#commits.push(commit);
      stored += 1;
    }
    return stored;
  }

  async readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    return this.#commits.slice(fromPos - 1, fromPos - 1 + limit);
  }

  async readBack(pos: number, limit: number): Promise<readonly Commit[]> {
    return this.#commits.slice(0, pos).reverse().slice(0, limit);
  }

  async readTagged(tag: string, uptoPos = Number.MAX_SAFE_INTEGER): Promise<readonly Commit[]> {
    return this.#commits.filter(({ pos, tags }) => pos <= uptoPos && tags.includes(tag));
  }

  async readHead(): Promise<Commit | null> {
    return this.#commits.at(-1) ?? null;
  }

  /** Tags are looked up in the commits themselves. */
  async checkIndex(): Promise<LogProblem | null> {
    return null;
  }

  async close(): Promise<void> {}
}
