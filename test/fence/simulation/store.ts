import { type Commit, EventLog, UnknownOutcome } from '@app/ports';
import type { Chaos } from './chaos.js';
import type { Life } from './machine.js';
import type { Scheduler } from './scheduler.js';
import type { Truth } from './truth.js';

const silence = (): Error => new Error('The store did not answer.');

/** One process's connection to the store that all share. The store itself is right; what may go wrong is the way there and back. */
export class SimulatedEventLog extends EventLog {
  readonly #scheduler: Scheduler;
  readonly #chaos: Chaos;
  readonly #truth: Truth;
  readonly #life: Life;
  readonly #onAppended: (commit: Commit, by: string) => void;

  constructor(
    world: { readonly scheduler: Scheduler; readonly chaos: Chaos; readonly truth: Truth },
    life: Life,
    onAppended: (commit: Commit, by: string) => void,
  ) {
    super();
    this.#scheduler = world.scheduler;
    this.#chaos = world.chaos;
    this.#truth = world.truth;
    this.#life = life;
    this.#onAppended = onAppended;
  }

  /** A lost call may still reach the store after its caller has given up. */
  insert(commits: readonly Commit[]): Promise<number> {
    return this.#call(
      'insert',
      () => this.#store(commits),
      () => new UnknownOutcome(silence()),
    );
  }

  readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    return this.#call('read', () => this.#truth.commits.slice(fromPos - 1, fromPos - 1 + limit), silence);
  }

  readBack(pos: number, limit: number): Promise<readonly Commit[]> {
    return this.#call('read back', () => this.#truth.commits.slice(0, pos).reverse().slice(0, limit), silence);
  }

  readTagged(tag: string, uptoPos = Number.MAX_SAFE_INTEGER): Promise<readonly Commit[]> {
    const has = (commit: Commit): boolean => commit.pos <= uptoPos && commit.tags.includes(tag);
    return this.#call('read tagged', () => this.#truth.commits.filter(has), silence);
  }

  readHead(): Promise<Commit | null> {
    return this.#call('read head', () => this.#truth.commits.at(-1) ?? null, silence);
  }

  checkIndex(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #store(commits: readonly Commit[]): number {
    let stored = 0;
    for (const commit of commits) {
      if (commit.pos > this.#truth.head + 1) throw new Error(`A hole before ${commit.pos}.`);
      if (commit.pos <= this.#truth.head) break;
      this.#truth.append(commit);
      this.#onAppended(commit, this.#life.machine.name);
      stored += 1;
    }
    return stored;
  }

  #call<Result>(kind: string, act: () => Result, failure: () => Error): Promise<Result> {
    const { toMs, backMs, silent } = this.#chaos.storeCall(kind, this.#life.machine.name);
    return new Promise((resolve, reject) => {
      if (silent === 'before') {
        this.#scheduler.later(toMs + backMs, this.#life, () => reject(failure()));
        return;
      }
      if (silent === 'after') {
        this.#scheduler.later(backMs, this.#life, () => reject(failure()));
        this.#scheduler.later(toMs, null, () => void act());
        return;
      }
      this.#scheduler.later(toMs, null, () => {
        const result = act();
        this.#scheduler.later(backMs, this.#life, () => resolve(result));
      });
    });
  }
}
