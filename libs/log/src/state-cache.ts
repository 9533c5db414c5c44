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
  readonly maxTags?: number;
}

/** Held by the LRU; replaced inside, so that the tail's work does not count as use. */
interface Kept {
  loaded: Loaded;
}

interface Pin {
  holders: number;
  kept: Kept | undefined;
}

interface Loading {
  readonly result: Promise<Loaded>;
  /** Applied by the tail since the load noted its tag. */
  readonly meanwhile: DecodedCommit[];
}

/** Folded states by tag, updated by the tail in the tick that applies a commit. */
export class StateCache {
  readonly foldOf: FoldOf;
  readonly #log: EventLog;
  readonly #tail: LogTail;
  readonly #kept: LRUCache<string, Kept>;
  readonly #pins = new Map<string, Pin>();
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
    const kept = this.#find(tag);
    if (kept !== undefined) return Promise.resolve(kept.loaded);
    if (!this.#tail.started) return Promise.reject(new Error('A state can only be loaded once the tail has started.'));
    return this.#loading.get(tag)?.result ?? this.#begin(tag);
  }

  /** The state as it was at `pos`; complete only if the tail has applied `pos`. */
  async loadAt(tag: string, pos: number): Promise<unknown> {
    const kept = this.#find(tag);
    if (kept !== undefined && kept.loaded.pos <= pos && pos <= this.#tail.applied) return kept.loaded.state;
    return (await this.#read(tag, pos)).state;
  }

  /** What `load` would give without waiting; undefined when the tag is not in memory. Complete up to what the tail has applied. */
  peek(tag: string): Loaded | undefined {
    return this.#find(tag)?.loaded;
  }

  /**
   * Once loaded, the tag stays in memory until it is released as often as it was pinned. Without it more commands at once than
   * the LRU has room for would evict each other's tags and none would ever be decided.
   */
  pin(tag: string): void {
    const pin = this.#pins.get(tag);
    if (pin === undefined) this.#pins.set(tag, { holders: 1, kept: this.#kept.get(tag) });
    else pin.holders += 1;
  }

  release(tag: string): void {
    const pin = this.#pins.get(tag);
    if (pin === undefined) return;
    pin.holders -= 1;
    if (pin.holders === 0) this.#pins.delete(tag);
  }

  #find(tag: string): Kept | undefined {
    return this.#kept.get(tag) ?? this.#pins.get(tag)?.kept;
  }

  #keep(tag: string, loaded: Loaded): void {
    const kept = { loaded };
    this.#kept.set(tag, kept);
    const pin = this.#pins.get(tag);
    if (pin !== undefined) pin.kept = kept;
  }

  #begin(tag: string): Promise<Loaded> {
    const meanwhile: DecodedCommit[] = [];
    // The tag is noted before the read starts: a commit applied in between is in the read, in `meanwhile`, or in both.
    const result = this.#read(tag).then(
      (read) => {
        const loaded = foldCommits(this.foldOf, tag, read, meanwhile);
        this.#loading.delete(tag);
        this.#keep(tag, loaded);
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
      const kept = this.#kept.peek(tag) ?? this.#pins.get(tag)?.kept;
      if (kept !== undefined) kept.loaded = foldCommit(this.foldOf, tag, kept.loaded, commit);
    }
  }
}
