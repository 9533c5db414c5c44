import 'reflect-metadata';
import { CommandContext } from './command-context.js';
import { buildProgram } from './program.js';

await buildProgram(new CommandContext(process.env)).parseAsync();
