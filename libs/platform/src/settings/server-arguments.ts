import { parseArgs } from 'node:util';
import { productVersion } from '../version.js';
import { defaultText, type Setting } from './setting.js';
import { type SettingsRead, settingsOf, type Variables } from './settings-reader.js';

/** What a process was started with. */
export interface Invocation {
  /** The arguments after the program's name. */
  readonly args: readonly string[];
  readonly env: Variables;
}

export interface ServerProgram {
  /** What a person types to start it. */
  readonly command: string;
  readonly readSettings: SettingsRead<unknown>;
}

export interface ArgumentsAnswer {
  readonly code: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

const plain = (text: string): string => text.replaceAll('`', '');

const rowsOf = (settings: readonly Setting[]): string => {
  const cells = settings.map((setting) => [setting.name, defaultText(setting, plain), plain(setting.accepted)] as const);
  const lines = [['Variable', 'Default', 'Accepted'] as const, ...cells];
  const [nameWidth, defaultWidth] = [Math.max(...lines.map(([name]) => name.length)), Math.max(...lines.map(([, value]) => value.length))];
  const [head, ...rows] = lines.map(([name, value, accepted]) => `  ${name.padEnd(nameWidth)}  ${value.padEnd(defaultWidth)}  ${accepted}`);
  const meanings = settings.map(({ meaning, see }) => `      ${plain(meaning)}${see === null ? '' : ` See ${see}.`}`);
  return [head, ...rows.flatMap((row, index) => [row, meanings[index]])].join('\n');
};

/** Null if there are no arguments and the server must start. */
export const answerTo = (args: readonly string[], { command, readSettings }: ServerProgram): ArgumentsAnswer | null => {
  const { tokens } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } },
    strict: false,
    tokens: true,
  });
  const names = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const isKnown = token.kind === 'option' && (token.name === 'help' || token.name === 'version') && token.value === undefined;
    if (!isKnown) return { code: 2, stdout: '', stderr: `${command} takes --help and --version only, not "${args[token.index] ?? ''}".\n` };
    names.add(token.name);
  }
  if (names.has('help')) {
    const head = `Usage: ${command} [-- --help | --version]\n\nSettings, read from the environment at the start:\n\n`;
    return { code: 0, stdout: `${head}${rowsOf(settingsOf(readSettings))}\n`, stderr: '' };
  }
  return names.has('version') ? { code: 0, stdout: `${productVersion()}\n`, stderr: '' } : null;
};

/** Prints what the arguments ask for. False if there are no arguments: then the server must start. */
export const answersArguments = (args: readonly string[], program: ServerProgram): boolean => {
  const answer = answerTo(args, program);
  if (answer === null) return false;
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  process.exitCode = answer.code;
  return true;
};
