import type { Empty, Meta, ReplyOf, Subject } from '@app/messages';
import type { DomainEvent } from '@app/domain';
import type { Decided, Outcome, StateView } from '@app/log';
import type { ChangeCommands } from './change-commands.js';
import { commandOf, type RequestHashing } from './command-of.js';
import type { Done, MessageOf } from './use-case.js';

/** A change as a value: it says what it is about and how it is decided, but not how it is carried out. */
export interface Change<Reply = Empty> {
  /** The fence's names of what changes; they are tags of the log too. */
  readonly names: readonly string[];
  /** Other tags that the decision looks at: loading them at once saves a round for each. */
  readonly alsoReads?: readonly string[];
  /** Without effects, because it may be called again. `at`: the time that the commit will carry. */
  decide(view: StateView, at: number): readonly DomainEvent[] | Decided;
  /** After the fence. Without it the reply is empty. */
  reply?(outcome: Outcome): Reply | Promise<Reply>;
}

/** A use case that is only a change. `services`: what the changes of its service need in addition to the message. */
export type ChangeOf<S extends Subject, Services> = (message: MessageOf<S>, services: Services) => Change<ReplyOf<S>> | Promise<Change<ReplyOf<S>>>;

/** Carries changes out: when one resolves, no validation answers from before it. */
export class Changes {
  readonly #commands: ChangeCommands;
  readonly #hashing: RequestHashing;

  constructor(commands: ChangeCommands, hashing: RequestHashing) {
    this.#commands = commands;
    this.#hashing = hashing;
  }

  async make<Reply = Empty>(meta: Meta, change: Change<Reply>): Promise<Done<Reply>> {
    const command = {
      ...commandOf(meta, this.#hashing),
      tags: [...change.names, ...(change.alsoReads ?? [])],
      decide: (view: StateView, at: number) => change.decide(view, at),
    };
    const outcome = await this.#commands.change(command, change.names);
    return { data: change.reply === undefined ? ({} as Reply) : await change.reply(outcome), pos: outcome.pos };
  }
}
