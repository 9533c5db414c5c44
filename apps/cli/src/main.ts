import 'reflect-metadata';
import { CommandContext } from './command-context.js';
import { buildProgram } from './program.js';

// As for the server: files that a command creates in the data folder are for this user alone.
process.umask(0o077);

await buildProgram(new CommandContext(process.env)).parseAsync();
