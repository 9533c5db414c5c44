import type {
  ApiKeyState,
  BackendKeyState,
  ClaimState,
  CommandState,
  DomainEvent,
  EnvironmentState,
  OrganizationState,
  RegistryState,
  SessionState,
  UserState,
} from '@app/domain';

/** The states that a decision may look at, all at one position. Null if no commit has the tag yet. */
export interface StateView {
  user(id: string): UserState | null;
  organization(id: string): OrganizationState | null;
  environment(id: string): EnvironmentState | null;
  apiKey(id: string): ApiKeyState | null;
  backendKey(id: string): BackendKeyState | null;
  session(id: string): SessionState | null;
  /** A unique thing, by its whole tag (`email-…`, `slug-…`, `token-…`). */
  claim(tag: string): ClaimState;
  registry(): RegistryState;
  command(id: string): CommandState | null;
}

/** The hash of a request, or its hashes under every pepper of the service: the first is stored, and a match with any is the same request. */
export type RequestHash = string | readonly [string, ...string[]];

/** A decision with an answer in addition to its events: the caller gets it as `Outcome.answer`. */
export interface Decided {
  readonly events: readonly DomainEvent[];
  readonly answer: unknown;
}

export interface Command {
  /** Appended at most once: a second run under the same id repeats nothing. */
  readonly commandId: string;
  readonly actor: string;
  /** Two runs of one command id with different request hashes are an error of the caller; null if they are not compared. */
  readonly requestHash?: RequestHash | null;
  /** Tags to load at once; a decision may look at others, but each takes another round. */
  readonly tags?: readonly string[];
  /** Milliseconds from now after which the caller gets UNAVAILABLE, whether or not the command takes place. */
  readonly deadlineMs?: number;
  /** Lets other commands go first, up to a limit; then it runs between two batches of them: for chunks of a cascade. */
  readonly background?: boolean;
  /**
   * Synchronous and without effects: it is called again if the state it saw is old or not loaded yet.
   * It throws to refuse; an empty answer means "nothing to change". `at` is the time of the commit.
   */
  decide(view: StateView, at: number): readonly DomainEvent[] | Decided;
}

export interface Outcome {
  /** The commit's position; where nothing was appended, a head that is not older than the request. */
  readonly pos: number;
  readonly appended: boolean;
  /** The command id was in the log before this run; `first` says what it did then. */
  readonly repeated: boolean;
  /** The first event of the command's commit; null if there is no commit. */
  readonly first: DomainEvent | null;
  /** The events that this run appended. */
  readonly events: readonly DomainEvent[];
  /** The decision's own answer; undefined if there is no such answer, or if the command was carried out before. */
  readonly answer: unknown;
  /** Read from the clock after the store confirmed `pos`: a wait for leases counts from here. */
  readonly durableAtMono: number;
}
