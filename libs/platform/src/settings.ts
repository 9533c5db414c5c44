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

  /** Throws `BadSettings` when anything read so far was wrong. */
  finish(): void {
    if (this.#problems.length > 0) throw new BadSettings(this.#problems);
  }
}
