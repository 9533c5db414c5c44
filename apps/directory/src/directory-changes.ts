import { Inject, Injectable } from '@nestjs/common';
import type { Meta } from '@app/messages';
import type { DomainEvent } from '@app/domain';
import type { StateView } from '@app/log';
import { ChangeCommands, commandOf, type Done } from '@app/platform';
import { Claims } from './claims.js';

/** A change as a value: its use case says what it is about and how it is decided, and nothing of how it is carried out. */
export interface Change {
  /** The fence's names of what changes; they are tags of the log too. */
  readonly names: readonly string[];
  /** Other tags that the decision looks at: loading them at once saves a round each. */
  readonly alsoReads?: readonly string[];
  /** `at`: the time that the commit will carry. */
  decide(view: StateView, at: number): readonly DomainEvent[];
}

/** Carries changes out: when one resolves, no validation answers from before it. */
@Injectable()
export class DirectoryChanges {
  constructor(
    @Inject(ChangeCommands) private readonly commands: ChangeCommands,
    @Inject(Claims) private readonly claims: Claims,
  ) {}

  async make(meta: Meta, change: Change): Promise<Done<Record<string, never>>> {
    const { pos } = await this.commands.change(
      {
        ...commandOf(meta, this.claims),
        tags: [...change.names, ...(change.alsoReads ?? [])],
        decide: (view, at) => change.decide(view, at),
      },
      change.names,
    );
    return { data: {}, pos };
  }
}
