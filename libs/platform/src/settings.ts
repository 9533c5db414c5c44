import { readFileSync } from 'node:fs';

/** What is wrong with the process's environment, as one sentence per variable. Printed as it is; no stack is of use to an operator. */
export class BadSettings extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join(' '));
    this.name = 'BadSettings';
  }
}

/** Reads variables and collects every problem, so that an operator mends them in one go. */
export class SettingsReader {
  readonly #problems: string[] = [];
  readonly #env: Readonly<Record<string, string | undefined>>;
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  text(name: string, fallback: string): string {
    const value = this.#env[name];
    return value === undefined || value === '' ? fallback : value;
  }

  /** By commas; empty where nothing is set. */
  list(name: string): readonly string[] {
    return this.text(name, '').split(',').map((one) => one.trim()).filter((one) => one !== '');
  }

  /** Has no default: a process that guessed it would do its work in the wrong place. `what` completes "Set NAME to ...". */
  required(name: string, what: string): string {
    const value = this.text(name, '');
    if (value === '') this.#problems.push(`Set ${name} to ${what}.`);
    return value;
  }

  /** The variable, or the first line of the file that `<name>_FILE` names: secrets are handed over as files where that is possible. */
  requiredOrFile(name: string, what: string): string {
    const path = this.text(`${name}_FILE`, '');
    if (path === '') return this.required(name, `${what}, or ${name}_FILE to a file with it`);
    try {
      const value = readFileSync(path, 'utf8').split('\n', 1)[0]?.trim() ?? '';
      if (value === '') this.#problems.push(`${name}_FILE is ${path}, whose first line is empty.`);
      return value;
    } catch (error) {
      this.#problems.push(`${name}_FILE is ${path}, which cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'failed'}).`);
      return '';
    }
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.text(name, String(fallback));
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.#problems.push(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
    return fallback;
  }

  /** A whole number, or the one word that stands for none. */
  integerOr<Word extends string>(name: string, word: Word, fallback: number, min: number, max: number): number | Word {
    const text = this.text(name, String(fallback));
    if (text === word) return word;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.#problems.push(`${name} must be a whole number from ${min} to ${max} or ${word}, not "${text}".`);
    return fallback;
  }

  oneOf<Choice extends string>(name: string, fallback: Choice, choices: readonly Choice[]): Choice {
    const text = this.text(name, fallback);
    const choice = choices.find((one) => one === text);
    if (choice !== undefined) return choice;
    this.#problems.push(`${name} must be one of ${choices.join(', ')}, not "${text}".`);
    return fallback;
  }

  /** For what only the one who reads can tell. */
  refuse(problem: string): void {
    this.#problems.push(problem);
  }

  /** Throws `BadSettings` when anything read so far was wrong. */
  finish(): void {
    if (this.#problems.length > 0) throw new BadSettings(this.#problems);
  }
}
