/** One mistake put into a copy of the sources. */
export interface Mutant {
  readonly name: string;
  /** `find` occurs exactly once in `file`. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}
export declare const MUTANTS: readonly Mutant[];
