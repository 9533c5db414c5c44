import { changedNames, type DomainEvent } from '@app/domain';
import type { AppliedCommit } from './authority-log.js';
import type { FenceChange } from '../protocol/messages.js';

/** The names a commit changes, each once; empty when no validation answers from anything in it. */
export const namesChangedBy = (events: readonly DomainEvent[]): readonly string[] => [...new Set(events.flatMap((event) => changedNames(event)))];

/**
 * The log reduced to its changes, with the newest `capacity` of them in memory. `floor`: every change after it is here, so a node that
 * has applied up to the floor can get everything that it misses.
 */
export class ChangesFeed {
  readonly #capacity: number;
  #changes: FenceChange[] = [];
  /** Index of the oldest kept change: forgetting one must not move a hundred thousand. */
  #start = 0;
  #floor: number;

  constructor(floor: number, capacity: number) {
    this.#floor = floor;
    this.#capacity = capacity;
  }

  get floor(): number {
    return this.#floor;
  }

  /** In log order; commits that change nothing may be left out. */
  add(change: FenceChange): void {
    const last = this.#changes.at(-1)?.pos ?? this.#floor;
    if (change.pos <= last) throw new Error(`The feed ends at ${last} and was given a change at ${change.pos}.`);
    this.#changes.push(change);
    if (this.#changes.length - this.#start <= this.#capacity) return;
    // The floor rises with each change that is dropped: otherwise a node below it would get an incomplete feed and a lease for it.
    this.#floor = this.#changes[this.#start]?.pos ?? this.#floor;
    this.#start += 1;
    if (this.#start > this.#capacity) this.#compact();
  }

  fold(commit: AppliedCommit): void {
    const names = namesChangedBy(commit.events);
    if (names.length > 0) this.add({ pos: commit.pos, names });
  }

  /** The oldest `limit` changes after `pos`, which must not be below the floor. */
  after(pos: number, limit: number): readonly FenceChange[] {
    const from = this.#firstAfter(pos);
    return this.#changes.slice(from, from + limit);
  }

  /** Has any of the names changed after `pos`? */
  touchedSince(pos: number, names: { has(name: string): boolean }): boolean {
    for (let index = this.#firstAfter(pos); index < this.#changes.length; index += 1) {
      if (this.#changes[index]?.names.some((name) => names.has(name))) return true;
    }
    return false;
  }

  #firstAfter(pos: number): number {
    let low = this.#start;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.pos ?? Infinity) <= pos) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compact(): void {
    this.#changes = this.#changes.slice(this.#start);
    this.#start = 0;
  }
}

export interface ReadBackLimits {
  readonly changesInMemory: number;
  readonly commitsReadBack: number;
}

/** Commits of a cascade have some hundred kilobytes each, and a store returns a page within its deadline or not at all. */
const PAGE = 200;

/** Builds the feed for `pos` from the newest commits backwards, so that a restart loses as little of it as possible. */
export const readFeedBack = async (
  readBack: (pos: number, limit: number) => Promise<readonly AppliedCommit[]>,
  pos: number,
  limits: ReadBackLimits,
): Promise<ChangesFeed> => {
  const lowest = Math.max(0, pos - limits.commitsReadBack);
  const newestFirst: FenceChange[] = [];
  let complete = pos;
  while (complete > lowest && newestFirst.length < limits.changesInMemory) {
    const page = await readBack(complete, Math.min(PAGE, complete - lowest));
    const last = page.at(-1);
    if (last === undefined) throw new Error(`The log has no commit at or before ${complete}, though ${pos} was applied.`);
    for (const commit of page) {
      const names = namesChangedBy(commit.events);
      if (names.length > 0) newestFirst.push({ pos: commit.pos, names });
    }
    complete = last.pos - 1;
  }
  const feed = new ChangesFeed(complete, limits.changesInMemory);
  for (const change of newestFirst.toReversed()) feed.add(change);
  return feed;
};
