import { Inject, Injectable } from '@nestjs/common';
import { type EnvironmentState, type OrganizationState, type StateOfPrefix, type TagPrefix, tags, type UserState } from '@app/domain';
import { LogTail, StateCache } from '@app/log';

/** Folded states outside of decisions, linearizable: each is at least as new as the head that was read after the question arrived. */
@Injectable()
export class FreshStates {
  constructor(@Inject(StateCache) private readonly cache: StateCache, @Inject(LogTail) private readonly tail: LogTail) {}

  /** Resolves to the head. What is loaded after it, and only that, is fresh. */
  upToHead(leftMs: number): Promise<number> {
    return this.tail.probe(leftMs);
  }

  user(userId: string): Promise<UserState | null> {
    return this.#load('user-', tags.user(userId));
  }
  organization(orgId: string): Promise<OrganizationState | null> {
    return this.#load('org-', tags.org(orgId));
  }
  environment(environmentId: string): Promise<EnvironmentState | null> {
    return this.#load('env-', tags.env(environmentId));
  }

  /** The prefix says which fold made the state, and so its type. */
  async #load<Prefix extends TagPrefix>(_prefix: Prefix, tag: string): Promise<StateOfPrefix[Prefix]> {
    return (await this.cache.load(tag)).state as StateOfPrefix[Prefix];
  }
}
