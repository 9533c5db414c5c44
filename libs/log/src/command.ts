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

/** The states a decision may look at. Null: no commit has the tag yet. All of them as of one position. */
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

/** A request's hash; or its hashes under every pepper of the service: the first is stored, any of them is the same request. */
export type RequestHash = string | readonly [string, ...string[]];

/** A decision with something to say beside its events: of the decision that was taken it comes back as `Outcome.answer`. */
export interface Decided {
  readonly events: readonly DomainEvent[];
  readonly answer: unknown;
}

export interface Command {
  /** In the log at most once: running a command again under its id repeats nothing. */
  readonly commandId: string;
  readonly actor: string;
  /** Two runs of one command id with different request hashes are a mistake of the caller; null if they are not compared. */
  readonly requestHash?: RequestHash | null;
  /** Tags to load at once; a decision may look at others, each costs it another round. */
  readonly tags?: readonly string[];
  /** Milliseconds from now after which the caller gets UNAVAILABLE, whatever becomes of the command. */
  readonly deadlineMs?: number;
  /** Lets other commands pass, up to a bound; then it goes between two batches of them: chunks of a cascade. */
  readonly background?: boolean;
  /**
   * Synchronous and without effects: it is called again whenever the state it saw turns out to be old or not loaded yet.
   * It throws to refuse; an empty answer means "already so". `at` is the time that the commit will carry.
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
  /** What this run appended. */
  readonly events: readonly DomainEvent[];
  /** What the decision said beside its events; undefined where it said nothing, and for a command that was carried out before. */
  readonly answer: unknown;
  /** Read from the clock after the answer that made `pos` durable: a wait for leases counts from here. */
  readonly durableAtMono: number;
}
