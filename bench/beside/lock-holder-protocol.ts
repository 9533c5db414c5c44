export interface HoldLocks {
  /** The files whose locks are held together, turn after turn. */
  readonly turns: readonly (readonly string[])[];
  readonly holdMs: number;
}
