import { tags } from '@app/domain';
import type { CommandState, DomainEvent, LogPosition } from '@app/domain';
import type { DecodedCommit } from './codec.js';

/** How the events of one tag become its state; `evolve` never throws. */
interface Fold {
  readonly initial: unknown;
  evolve(state: unknown, event: DomainEvent, placed: LogPosition): unknown;
}
export type FoldOf = (tag: string) => Fold;

/** The state of a tag and the last position folded into it; 0 when no commit has the tag. */
export interface Loaded {
  readonly state: unknown;
  readonly pos: number;
}

const COMMAND_PREFIX = tags.command('');

export const unfolded = (foldOf: FoldOf, tag: string): Loaded => ({
  state: tag.startsWith(COMMAND_PREFIX) ? null : foldOf(tag).initial,
  pos: 0,
});

/** Takes each position once: a commit at or before the loaded position changes nothing. */
export function foldCommit(foldOf: FoldOf, tag: string, loaded: Loaded, commit: DecodedCommit): Loaded {
  if (commit.pos <= loaded.pos) return loaded;
  if (tag.startsWith(COMMAND_PREFIX)) return { state: commandState(commit), pos: commit.pos };
  const fold = foldOf(tag);
  let { state } = loaded;
  for (const event of commit.events) {
    if (event.tags.includes(tag)) state = fold.evolve(state, event, commit);
  }
  return { state, pos: commit.pos };
}

export const foldCommits = (foldOf: FoldOf, tag: string, loaded: Loaded, commits: readonly DecodedCommit[]): Loaded =>
  commits.reduce((folded, commit) => foldCommit(foldOf, tag, folded, commit), loaded);

function commandState({ pos, requestHash, events: [first] }: DecodedCommit): CommandState | null {
  return first === undefined ? null : { pos, requestHash, first };
}
