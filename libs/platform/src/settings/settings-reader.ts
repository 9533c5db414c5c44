import { readFileSync } from 'node:fs';
import { type Accepted, type Described, type Needed, type Optional, type Range, rangeText, type Setting, type WithDefault } from './setting.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Asks a reader for every setting of a process. It asks for the same ones whatever their values are. */
export type SettingsRead<Settings> = (reader: SettingsReader) => Settings;

/** A port, and whether it is the default. */
export interface ChosenPort {
  readonly port: number;
  readonly isDefault: boolean;
}

/** What is wrong with the process's environment, as one sentence per variable. Printed as it is; a stack does not help an operator. */
export class BadSettings extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join(' '));
    this.name = 'BadSettings';
  }
}

/**
 * Reads variables, each with its declaration. It collects every problem, so that an operator corrects them all at once, and every
 * declaration, so that what is documented is what is read.
 */
export class SettingsReader {
  readonly #declared = new Map<string, Setting>();
  readonly #problems: string[] = [];
  readonly #env: Variables;
  constructor(env: Variables) {
    this.#env = env;
  }

  /** Every requested setting, in order. */
  get declared(): readonly Setting[] {
    return [...this.#declared.values()];
  }

  text(setting: WithDefault<string> & Accepted): string {
    this.#declare(setting, setting.accepted, setting.default);
    return this.#given(setting.name) ?? setting.default;
  }

  optionalText(setting: Optional & Accepted): string | null {
    this.#declare(setting, setting.accepted, null, setting.unset);
    return this.#given(setting.name);
  }

  /** By commas; empty where nothing is set. */
  list(setting: Optional & Accepted): readonly string[] {
    const text = this.optionalText(setting) ?? '';
    return text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  }

  required(setting: Needed & Accepted): string {
    this.#declare(setting, setting.accepted, null, setting.unset ?? 'none; required');
    return this.#givenOrProblem(setting.name, setting.what);
  }

  /** The variable, or the first line of the file that `<name>_FILE` names: secrets come as files if possible. */
  requiredOrFile(setting: Needed & Accepted): string {
    const { name, what } = setting;
    this.#declare(setting, `${setting.accepted}; or in \`${name}_FILE\` a file whose first line it is`, null, setting.unset ?? 'none; required');
    const path = this.#given(`${name}_FILE`);
    if (path === null) return this.#givenOrProblem(name, `${what}, or ${name}_FILE to a file with it`);
    try {
      const value = readFileSync(path, 'utf8').split('\n', 1)[0]?.trim() ?? '';
      if (value === '') this.refuse(`${name}_FILE is ${path}, whose first line is empty.`);
      return value;
    } catch (error) {
      this.refuse(`${name}_FILE is ${path}, which cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'failed'}).`);
      return '';
    }
  }

  integer(setting: WithDefault<number> & Range): number {
    this.#declare(setting, rangeText(setting), String(setting.default));
    const text = this.#given(setting.name);
    return text === null ? setting.default : (this.#integerIn(setting, text) ?? setting.default);
  }

  optionalInteger(setting: Optional & Range): number | null {
    this.#declare(setting, rangeText(setting), null, setting.unset);
    const text = this.#given(setting.name);
    return text === null ? null : this.#integerIn(setting, text);
  }

  /** A port, or the word for no port. */
  portOr<Word extends string>(setting: WithDefault<number>, word: Word): ChosenPort | Word {
    this.#declare(setting, `${rangeText(PORTS)}, or \`${word}\``, String(setting.default));
    const text = this.#given(setting.name);
    if (text === word) return word;
    const port = text === null ? null : this.#integerIn({ name: setting.name, ...PORTS }, text, ` or ${word}`);
    return { port: port ?? setting.default, isDefault: port === null };
  }

  choice<Choice extends string>(setting: WithDefault<Choice>, choices: readonly Choice[]): Choice {
    this.#declare(setting, choices.map((choice) => `\`${choice}\``).join(', '), setting.default);
    const text = this.#given(setting.name) ?? setting.default;
    const choice = choices.find((one) => one === text);
    if (choice !== undefined) return choice;
    this.refuse(`${setting.name} must be one of ${choices.join(', ')}, not "${text}".`);
    return setting.default;
  }

  /** For problems that only the code that reads can find. */
  refuse(problem: string): void {
    this.#problems.push(problem);
  }

  /** Throws `BadSettings` when anything read so far was wrong. */
  finish(): void {
    if (this.#problems.length > 0) throw new BadSettings(this.#problems);
  }

  #declare({ name, meaning, see = null }: Described, accepted: string, fallback: string | null, unset = ''): void {
    this.#declared.set(name, { name, meaning, see, accepted, default: fallback, unset });
  }

  /** An empty variable counts as not set: compose files pass variables in this way. */
  #given(name: string): string | null {
    const value = this.#env[name];
    return value === undefined || value === '' ? null : value;
  }

  #givenOrProblem(name: string, what: string): string {
    const value = this.#given(name);
    if (value === null) this.refuse(`Set ${name} to ${what}.`);
    return value ?? '';
  }

  #integerIn({ name, min, max }: Range & { readonly name: string }, text: string, orWord = ''): number | null {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.refuse(`${name} must be a whole number from ${min} to ${max}${orWord}, not "${text}".`);
    return null;
  }
}

/** 0 takes a free one. */
export const PORTS: Range = { min: 0, max: 65_535 };

/** Throws `BadSettings` with everything that is wrong. */
export const readSettings = <Settings>(read: SettingsRead<Settings>, env: Variables): Settings => {
  const reader = new SettingsReader(env);
  const settings = read(reader);
  reader.finish();
  return settings;
};

/** All settings of a process, without its environment. */
export const settingsOf = (read: SettingsRead<unknown>): readonly Setting[] => {
  const reader = new SettingsReader({});
  read(reader);
  return reader.declared;
};
