import type { Figures } from './figures.js';

/** What a run found out; `servers`: names and versions of those that the four services used. */
export interface Findings {
  readonly figures: Figures;
  readonly servers?: Readonly<Record<string, string>>;
}

/** Prints tables for people on the way. */
export type RunBench = () => Promise<Findings>;
