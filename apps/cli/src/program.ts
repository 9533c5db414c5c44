import { Command } from 'commander';
import { addBackendKeyCommands } from './commands/backend-keys.js';
import { addEnvironmentCommands } from './commands/environments.js';
import { addFenceCommands } from './commands/fence.js';
import { addInitCommand } from './commands/init.js';
import { addKeyCommands } from './commands/keys.js';
import { addLogCommands } from './commands/log.js';
import { addRebuildCommand } from './commands/rebuild.js';
import { addSecretsCommand } from './commands/secrets.js';
import { addSigningKeyCommands } from './commands/signing-keys.js';
import { addUserCommands } from './commands/users.js';
import type { CommandContext } from './command-context.js';

/** The operator's commands. Unknown options and arguments are refused, unlike unknown fields of the compatible APIs. */
export const buildProgram = (context: CommandContext): Command => {
  const program = new Command('keyfence').description('Operate a Keyfence deployment').showHelpAfterError().allowExcessArguments(false);
  addInitCommand(program, context);
  addSecretsCommand(program, context);
  addBackendKeyCommands(program, context);
  addEnvironmentCommands(program, context);
  addSigningKeyCommands(program, context);
  addUserCommands(program, context);
  addKeyCommands(program, context);
  addFenceCommands(program, context);
  addLogCommands(program, context);
  addRebuildCommand(program, context);
  return program;
};
