import { foldOf as domainFoldOf } from '@app/domain';
import type { EventLog } from '@app/ports';
import { LRUCache } from 'lru-cache';
import { decodeCommit } from './codec.js';
import type { DecodedCommit } from './codec.js';
import { foldCommit, foldCommits, unfolded } from './commit-fold.js';
import type { FoldOf, Loaded } from './commit-fold.js';
import type { LogTail } from './log-tail.js';

export interface StateCacheOptions {
  readonly foldOf?: FoldOf;
  /** Tags kept. Fewer than a command names would load them in turn for ever. */
  readonly maxTags?: number;
}

/** Held by the LRU; replaced inside, so that the tail's work does not count as use. */
interface Kept {
  loaded: Loaded;
}

interface Loading {
  readonly result: Promise<Loaded>;
  /** Applied by the tail since the load noted its tag. */
  readonly meanwhile: DecodedCommit[];
}

/** Folded states by tag, kept current by the tail in the tick that applies a commit. */
export class StateCache {
  readonly foldOf: FoldOf;
  readonly #log: EventLog;
  readonly #tail: LogTail;
  readonly #kept: LRUCache<string, Kept>;
  readonly #loading = new Map<string, Loading>();

  constructor(log: EventLog, tail: LogTail, options: StateCacheOptions = {}) {
    this.#log = log;
    this.#tail = tail;
    this.foldOf = options.foldOf ?? domainFoldOf;
    this.#kept = new LRUCache({ max: options.maxTags ?? 100_000 });
    tail.onApply((commit) => this.#apply(commit));
  }

  /**
   * The state, complete at least up to what the tail had applied when this was called. It may already hold a commit that the
   * tail has not applied yet (`pos` says so). It is a snapshot: ask again after an await.
   */
  load(tag: string): Promise<Loaded> {
    const kept = this.#kept.get(tag);
    if (kept !== undefined) return Promise.resolve(kept.loaded);
    if (!this.#tail.started) return Promise.reject(new Error('A state can only be loaded once the tail has started.'));
    return this.#loading.get(tag)?.result ?? this.#begin(tag);
  }

  /** The state as it was at `pos`; complete only if the tail has applied `pos`. */
  async loadAt(tag: string, pos: number): Promise<unknown> {
    const kept = this.#kept.get(tag);
    if (kept !== undefined && kept.loaded.pos <= pos && pos <= this.#tail.applied) return kept.loaded.state;
    return (await this.#read(tag, pos)).state;
  }

  /** What `load` would give without waiting; undefined when the tag is not in memory. Complete up to what the tail has applied. */
  peek(tag: string): Loaded | undefined {
    return this.#kept.get(tag)?.loaded;
  }

  #begin(tag: string): Promise<Loaded> {
    const meanwhile: DecodedCommit[] = [];
    // The tag is noted before the read starts: a commit applied in between is in the read, in `meanwhile`, or in both.
    const result = this.#read(tag).then(
      (read) => {
        const loaded = foldCommits(this.foldOf, tag, read, meanwhile);
        this.#loading.delete(tag);
        this.#kept.set(tag, { loaded });
        return loaded;
      },
      (error: unknown) => {
        this.#loading.delete(tag);
        throw error;
      },
    );
    this.#loading.set(tag, { result, meanwhile });
    return result;
  }

  async #read(tag: string, uptoPos?: number): Promise<Loaded> {
    const commits = await this.#log.readTagged(tag, uptoPos);
    return foldCommits(this.foldOf, tag, unfolded(this.foldOf, tag), commits.map(decodeCommit));
  }

  #apply(commit: DecodedCommit): void {
    for (const tag of commit.tags) {
      this.#loading.get(tag)?.meanwhile.push(commit);
      const kept = this.#kept.peek(tag);
      if (kept !== undefined) kept.loaded = foldCommit(this.foldOf, tag, kept.loaded, commit);
    }
  }
}
