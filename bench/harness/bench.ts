import type { BenchResult } from './results-file.js';

/** Prints tables for people on the way. */
export type RunBench = () => Promise<Omit<BenchResult, 'measured'>>;
