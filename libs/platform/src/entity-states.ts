import { Inject, Injectable } from '@nestjs/common';
import type { StateOfPrefix, TagPrefix } from '@app/domain';
import { LogTail, StateCache } from '@app/log';

/** How long a state that was loaded ahead of the tail waits for it. */
const CATCH_UP_MS = 2_000;

/** Folded states by tag, outside of decisions. `prefix` is the tag's kind: it determines the fold of the state, and so its type. */
@Injectable()
export class EntityStates {
  constructor(
    @Inject(StateCache) private readonly cache: StateCache,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  /** Complete up to what was applied when this was called; nothing in it is newer than what is applied when it resolves. */
  async load<Prefix extends TagPrefix>(_prefix: Prefix, tag: string): Promise<StateOfPrefix[Prefix]> {
    const { state, pos } = await this.cache.load(tag);
    if (pos > this.tail.applied) await this.tail.waitFor(pos, CATCH_UP_MS);
    return state as StateOfPrefix[Prefix];
  }

  /** As it was at an applied position. Not kept in memory: a state that may never be needed again must not push out states that commands need. */
  async loadAt<Prefix extends TagPrefix>(_prefix: Prefix, tag: string, pos: number): Promise<StateOfPrefix[Prefix]> {
    return (await this.cache.loadAt(tag, pos)) as StateOfPrefix[Prefix];
  }
}
