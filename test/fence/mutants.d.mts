import type { SourceEdits } from '../../scripts/source-edits.mjs';

/** One mistake put into a copy of the sources. */
export interface Mutant {
  readonly name: string;
  /** The schedule in which the simulation finds it. */
  readonly seed: number;
  readonly path: string;
  /** `find` occurs exactly once in `file`. */
  readonly edits: SourceEdits;
}
export declare const MUTANTS: readonly Mutant[];
/** Throws unless the name, or the beginning of one, is that of one mutant. */
export declare const mutantCalled: (name: string) => Mutant;
/** Writes each schedule beside the mutant of that name. */
export declare const storeSchedules: (schedules: ReadonlyMap<string, { readonly seed: number; readonly path: string }>) => void;
