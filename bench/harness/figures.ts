// What a bench found out, for a program: bench/results.json keeps it and README shows it.
import { median, quantile } from './numbers.js';

export interface Figure {
  /** A median where `rounds` says that it was measured several times. */
  readonly value: number;
  readonly unit: string;
  /** The middle half of all rounds lies between them. */
  readonly quartiles?: readonly [lower: number, upper: number];
  readonly rounds?: number;
}

export type Figures = Readonly<Record<string, Figure>>;

const SIGNIFICANT_DIGITS = 4;
const rounded = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS));

/** One value of each round. */
export const overRounds = (values: readonly number[], unit: string): Figure => ({
  value: rounded(median(values)),
  unit,
  quartiles: [rounded(quantile(values, 0.25)), rounded(quantile(values, 0.75))],
  rounds: values.length,
});

export const ratios = (values: readonly number[]): Figure => overRounds(values, 'ratio');

/** Measured once, or over all rounds together. */
export const once = (value: number, unit: string): Figure => ({ value: rounded(value), unit });

/** Not rounded: a number of things. */
export const counted = (value: number, unit: string): Figure => ({ value, unit });
