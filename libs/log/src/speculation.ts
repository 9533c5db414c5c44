import { tags } from '@app/domain';
import type {
  ApiKeyState,
  BackendKeyState,
  ClaimState,
  CommandState,
  EnvironmentState,
  OrganizationState,
  RegistryState,
  SessionState,
  UserState,
} from '@app/domain';
import { prepareCommit } from './codec.js';
import type { CommitContent, DecodedCommit, PreparedCommit } from './codec.js';
import { foldCommits } from './commit-fold.js';
import type { Loaded } from './commit-fold.js';
import type { StateView } from './command.js';
import type { Head } from './log-tail.js';
import type { StateCache } from './state-cache.js';

/** Thrown through a decider that looks at a tag which is not in memory. */
class NotLoaded extends Error {}

interface Seen {
  readonly state: unknown;
  /** The last position that came from the log, not from the batch. */
  readonly storedPos: number;
}

/** What one decision sees, and what it turned out to need. */
export class DecisionView implements StateView {
  readonly #lookUp: (tag: string) => Seen | undefined;
  #missing: string | null = null;
  #newestStoredPos = 0;

  constructor(lookUp: (tag: string) => Seen | undefined) {
    this.#lookUp = lookUp;
  }

  /** Whatever the decider made of the signal: a decision without this tag's state does not count. */
  get missing(): string | null {
    return this.#missing;
  }

  /** The last position of the log in any state that was looked at: a load may have seen more than the tail has applied. */
  get newestStoredPos(): number {
    return this.#newestStoredPos;
  }

  user(id: string): UserState | null {
    return this.#state<UserState | null>(tags.user(id));
  }
  organization(id: string): OrganizationState | null {
    return this.#state<OrganizationState | null>(tags.org(id));
  }
  environment(id: string): EnvironmentState | null {
    return this.#state<EnvironmentState | null>(tags.env(id));
  }
  apiKey(id: string): ApiKeyState | null {
    return this.#state<ApiKeyState | null>(tags.key(id));
  }
  backendKey(id: string): BackendKeyState | null {
    return this.#state<BackendKeyState | null>(tags.backendKey(id));
  }
  claim(tag: string): ClaimState {
    return this.#state<ClaimState>(tag);
  }
  session(id: string): SessionState | null {
    return this.#state<SessionState | null>(tags.session(id));
  }
  registry(): RegistryState {
    return this.#state<RegistryState>(tags.registry);
  }
  command(id: string): CommandState | null {
    return this.#state<CommandState | null>(tags.command(id));
  }

  /** The one place that trusts a tag's kind to say the type of its fold. */
  #state<State>(tag: string): State {
    const seen = this.#lookUp(tag);
    if (seen === undefined) {
      this.#missing ??= tag;
      throw new NotLoaded(tag);
    }
    this.#newestStoredPos = Math.max(this.#newestStoredPos, seen.storedPos);
    return seen.state as State;
  }
}

/** A batch in the making: commits on top of the local head, and the states as they would leave them. Nothing of it is true until inserted. */
export class Speculation {
  readonly base: Head;
  readonly #cache: StateCache;
  readonly #prepared: PreparedCommit[] = [];
  readonly #byTag = new Map<string, DecodedCommit[]>();
  readonly #folded = new Map<string, Loaded>();
  #head: Head;

  constructor(cache: StateCache, base: Head) {
    this.#cache = cache;
    this.base = base;
    this.#head = base;
  }

  get head(): Head {
    return this.#head;
  }

  get commits(): readonly PreparedCommit[] {
    return this.#prepared;
  }

  view(): DecisionView {
    return new DecisionView((tag) => this.#lookUp(tag));
  }

  append(content: CommitContent): DecodedCommit {
    const prepared = prepareCommit(this.#head.pos + 1, this.#head.hash, content);
    const { decoded } = prepared;
    this.#prepared.push(prepared);
    this.#head = decoded;
    for (const tag of decoded.tags) this.#note(tag, decoded);
    return decoded;
  }

  #note(tag: string, commit: DecodedCommit): void {
    const earlier = this.#byTag.get(tag);
    if (earlier === undefined) this.#byTag.set(tag, [commit]);
    else earlier.push(commit);
  }

  #lookUp(tag: string): Seen | undefined {
    const kept = this.#cache.peek(tag);
    if (kept === undefined) return undefined;
    const own = this.#byTag.get(tag);
    return { state: own === undefined ? kept.state : this.#onTop(tag, kept, own).state, storedPos: kept.pos };
  }

  #onTop(tag: string, kept: Loaded, own: readonly DecodedCommit[]): Loaded {
    // Folding takes each position once, so what an earlier command of the batch saw is a valid start.
    const folded = foldCommits(this.#cache.foldOf, tag, this.#folded.get(tag) ?? kept, own);
    this.#folded.set(tag, folded);
    return folded;
  }
}
