import { type DomainEvent, Refusal } from '@app/domain';
import type { Command, CommandRunner, Outcome, StateView } from '@app/log';
import { ChangeCommands, ChangeFence, Changes, type EntityStates } from '@app/platform';
import { type AccessTokenClaims, accessTokenClaims, type TokenSubject } from '@app/directory/access-tokens/access-token-claims.js';
import type { AccessTokenSigner } from '@app/directory/access-tokens/access-token-signer.js';
import { SessionGrants } from '@app/directory/sessions/session-grants.js';
import type { WriterProcess } from './processes.js';
import { identifierHashes } from './world-start.js';

/** What a use case of directory is composed of, with everything recorded that it asks of the log and of the fence. */
export interface UseCaseParts {
  readonly runner: CommandRunner;
  readonly fence: ChangeFence;
  readonly changes: Changes;
  readonly states: EntityStates;
  readonly sessions: SessionGrants;
  readonly deadlineMs: number;
}

export type UseCase = (parts: UseCaseParts) => Promise<unknown>;

/** What one run of a use case decided, how that ended, and for which names it waited. */
export interface Recorded {
  readonly decide: (view: StateView, at: number) => readonly DomainEvent[];
  readonly names: readonly string[];
  readonly outcome: Outcome | null;
}

class RecordingFence extends ChangeFence {
  readonly names: string[] = [];

  constructor(private readonly fence: ChangeFence) {
    super();
  }

  override async waitForFence(pos: number, names: readonly string[], sinceMono: number): Promise<void> {
    await this.fence.waitForFence(pos, names, sinceMono);
    this.names.push(...names);
  }
}

/** Signing takes another thread, and so another time in each run; what is signed is all that matters here. */
const unsigned = (onToken: (token: AccessTokenClaims) => void): Pick<AccessTokenSigner, 'sign'> => ({
  sign: (_environment, subject: TokenSubject) => {
    onToken(accessTokenClaims(subject));
    return Promise.resolve({ accessToken: '', expiresAtMs: 0 });
  },
});

/** Null where it ended before anything was decided. Rejects with nothing but refusals of what was decided. */
export const runUseCase = async (
  process: WriterProcess,
  useCase: UseCase,
  deadlineMs: number,
  onToken: (token: AccessTokenClaims) => void,
): Promise<{ readonly recorded: Recorded; readonly error: unknown } | null> => {
  const { states, tail, life } = process;
  const fence = new RecordingFence(process.fence);
  let decide: Command['decide'] | null = null;
  let outcome: Outcome | null = null;
  const run = async (command: Command): Promise<Outcome> => {
    decide = (view, at) => command.decide(view, at);
    outcome = await process.runner.run(command);
    return outcome;
  };
  const runner = { run } as CommandRunner;
  const changes = new Changes(new ChangeCommands(runner, fence, tail, life.machine.clock), identifierHashes);
  const sessions = new SessionGrants(states, unsigned(onToken) as AccessTokenSigner);
  let error: unknown = null;
  try {
    await useCase({ runner, fence, changes, states, sessions, deadlineMs });
  } catch (thrown) {
    error = thrown;
  }
  return decide === null ? null : { recorded: { decide, names: fence.names, outcome }, error };
};

/** "The session is over" is how a refresh answers that has just ended it: an acknowledgement like any other. */
export const isAcknowledged = ({ outcome }: Recorded, error: unknown): boolean =>
  outcome !== null && (error === null || (error instanceof Refusal && error.code === 'SESSION_OVER'));
