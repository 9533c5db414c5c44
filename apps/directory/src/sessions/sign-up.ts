import { Inject, Injectable } from '@nestjs/common';
import { Refusal, tags } from '@app/domain';
import { LogTail } from '@app/log';
import { EntityStates, type MessageOf, type ReplyTo } from '@app/platform';
import { CreateUser } from '../users/create-user.js';

const isTakenAddress = (error: unknown): boolean => error instanceof Refusal && error.code === 'INVALID_FIELDS' && Object.hasOwn(error.fields, 'email');

/** Signs a caller up. For a known address it creates no account, and returns the same answer after the same hashing. */
@Injectable()
export class SignUp {
  constructor(
    @Inject(CreateUser) private readonly creation: CreateUser,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(LogTail) private readonly tail: LogTail,
  ) {}

  async run({ meta, data }: MessageOf<'directory.sign-up'>): ReplyTo<'directory.sign-up'> {
    await this.#refuseClosed(meta.environmentId, meta.leftMs);
    try {
      const { pos } = await this.creation.run({ meta, data: { ...data, emailConfirmed: false, canCreateOrgs: false } });
      return { data: {}, pos };
    } catch (error) {
      if (!isTakenAddress(error)) throw error;
      return { data: {}, pos: this.tail.applied };
    }
  }

  async #refuseClosed(environmentId: string, leftMs: number): Promise<void> {
    await this.tail.probe(leftMs);
    const environment = await this.states.load('env-', tags.env(environmentId));
    if (environment === null) throw new Refusal('NOT_FOUND');
    if (!environment.settings.publicSignupEnabled) throw new Refusal('ACTION_DISABLED');
  }
}
