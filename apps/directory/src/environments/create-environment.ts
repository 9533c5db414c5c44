import { Inject, Injectable } from '@nestjs/common';
import { decideCreateEnvironment, hostOfOrigin, tags } from '@app/domain';
import { CommandRunner, type Outcome } from '@app/log';
import { ChangeCommands, commandOf, createdBy, type MessageOf, type ReplyTo } from '@app/platform';
import { IdentifierHashes } from '../hashing/identifier-hashes.js';
import { SigningKeys } from './signing-keys.js';

const answerOf = (outcome: Outcome): Awaited<ReplyTo<'directory.create-environment'>> => {
  const { environmentId } = createdBy(outcome, 'environment.created.v1').data;
  return { data: { environmentId, created: !outcome.repeated }, pos: outcome.pos };
};

/** Creates an environment with a key pair of its own; a repetition of the command finds the one it created. */
@Injectable()
export class CreateEnvironment {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(ChangeCommands) private readonly commands: ChangeCommands,
    @Inject(IdentifierHashes) private readonly hashes: IdentifierHashes,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
  ) {}

  async run({ meta, data: { environmentId, name, settings } }: MessageOf<'directory.create-environment'>): ReplyTo<'directory.create-environment'> {
    const command = commandOf(meta, this.hashes);
    // First runs an empty decision, which only shows whether the command was carried out: every start of a deployment
    // repeats it, and a key pair costs seconds on a small machine.
    const earlier = await this.runner.run({ ...command, decide: () => [] });
    if (earlier.repeated) return answerOf(earlier);
    const keyPair = await this.keys.generate(environmentId, environmentId);
    const nameTag = tags.environmentName(name);
    const hostTag = tags.authHost(hostOfOrigin(settings.authUrl));
    return answerOf(
      await this.commands.change(
        {
          ...command,
          tags: [nameTag, hostTag],
          decide: (view) =>
            decideCreateEnvironment(
              { environmentId, name, settings, ...keyPair },
              {
                name: view.claim(nameTag),
                host: view.claim(hostTag),
              },
            ),
        },
        [hostTag],
      ),
    );
  }
}
