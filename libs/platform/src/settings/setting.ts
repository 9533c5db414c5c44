/** One variable of a process's environment, as its reader knows it. `--help` and the tables of the documentation are made from it. */
export interface Setting {
  readonly name: string;
  /** Null if there is no default; `unset` says what happens. */
  readonly default: string | null;
  readonly unset: string;
  /** Words to type are in backticks, here and in `meaning`. */
  readonly accepted: string;
  readonly meaning: string;
  /** A page with a heading that says more, from the top of the repository. */
  readonly see: string | null;
}

/** What every declaration says. */
export interface Described {
  readonly name: string;
  /** One plain sentence. */
  readonly meaning: string;
  /** As in `Setting`. */
  readonly see?: string | null;
}

/** A setting with a default. */
export interface WithDefault<Value> extends Described {
  readonly default: Value;
}

/** A setting without a default; `unset` says what happens without it. */
export interface Optional extends Described {
  readonly unset: string;
}

/** A setting that has no default: a process that guessed it would do its work in the wrong place. */
export interface Needed extends Described {
  /** Completes "Set NAME to ...". */
  readonly what: string;
  /** For a process that needs it for some of its work only. */
  readonly unset?: string;
}

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
}

export interface Accepted {
  readonly accepted: string;
}

export const rangeText = ({ min, max, unit }: Range): string => `${min} to ${max}${unit === undefined ? '' : ` ${unit}`}`;

/** The text in the column "Default". */
export const defaultText = (setting: Setting, code: (text: string) => string): string => (setting.default === null ? setting.unset : code(setting.default));
