import { Refusal } from '@app/domain';
import type { CommandState, DomainEvent } from '@app/domain';
import type { Command, Decided, RequestHash } from './command.js';
import type { DecisionView, Speculation } from './speculation.js';

/** The answer of a command that appends nothing: valid only for the head that it was decided on. */
export type CommandAnswer =
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'already so'; readonly answer: unknown }
  | { readonly kind: 'repeated'; readonly first: DomainEvent };

export type Decision =
  | { readonly kind: 'append'; readonly events: readonly DomainEvent[]; readonly at: number; readonly answer: unknown }
  | { readonly kind: 'nothing'; readonly answer: CommandAnswer }
  /** A tag that the decision looked at is not in memory. */
  | { readonly kind: 'not loaded'; readonly tag: string }
  /** A state that the decision looked at is ahead of the tail, so the states it saw were never true at one position. */
  | { readonly kind: 'ahead'; readonly pos: number };

type Taken = Extract<Decision, { kind: 'append' | 'nothing' }>;

/** Decides on the local head with the batch so far on top of it. */
export function takeDecision(command: Command, on: Speculation, wallMs: number): Decision {
  const view = on.view();
  const taken = decided(command, view, Math.max(wallMs, on.head.at));
  if (view.missing !== null) return { kind: 'not loaded', tag: view.missing };
  if (view.newestStoredPos > on.base.pos) return { kind: 'ahead', pos: view.newestStoredPos };
  return taken;
}

function decided(command: Command, view: DecisionView, at: number): Taken {
  try {
    const earlier = view.command(command.commandId);
    if (earlier !== null) return { kind: 'nothing', answer: repeat(command, earlier) };
    const { events, answer } = withAnswer(command.decide(view, at));
    return events.length === 0 ? { kind: 'nothing', answer: { kind: 'already so', answer } } : { kind: 'append', events, at, answer };
  } catch (error) {
    return { kind: 'nothing', answer: { kind: 'refused', error } };
  }
}

const withAnswer = (decided: readonly DomainEvent[] | Decided): Decided => ('events' in decided ? decided : { events: decided, answer: undefined });

function repeat({ requestHash }: Command, earlier: CommandState): CommandAnswer {
  const known = requestHashes(requestHash);
  const another = known.length > 0 && earlier.requestHash !== null && !known.includes(earlier.requestHash);
  return another ? { kind: 'refused', error: new Refusal('IDEMPOTENCY_KEY_REUSED') } : { kind: 'repeated', first: earlier.first };
}

/** Every hash the request may have been stored under; the first is the one to store. None: the request is not compared. */
export const requestHashes = (hash: RequestHash | null | undefined): readonly string[] => {
  if (hash === null || hash === undefined) return [];
  return typeof hash === 'string' ? [hash] : hash;
};
