// Sizes from the environment, and what is made of many measurements: medians, because a shared machine makes outliers in both directions.

export const setting = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);

const ascending = (values: readonly number[]): readonly number[] => values.toSorted((left, right) => left - right);

export const quantile = (values: readonly number[], share: number): number => ascending(values)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
export const median = (values: readonly number[]): number => quantile(values, 0.5);

export interface Latencies {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** Null where nothing was measured: JSON has no NaN. */
export const latenciesOf = (values: readonly number[]): Latencies => {
  const at = (share: number): number | null => (values.length === 0 ? null : quantile(values, share));
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
};

/** Median, the middle half of all rounds, and the extremes: `0.93 [0.90–0.95] (0.71–1.02)`. */
export const distribution = (values: readonly number[], digits: number): string => {
  const at = (share: number): string => quantile(values, share).toFixed(digits);
  return `${at(0.5)} [${at(0.25)}–${at(0.75)}] (${at(0)}–${at(1)})`;
};

/** Median and extremes, where space is short. */
export const spread = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${quantile(values, 0).toFixed(digits)}–${quantile(values, 1).toFixed(digits)})`;

/** By Fisher and Yates: keys of the log in no order that it knows. */
export const shuffled = <T>(values: readonly T[]): readonly T[] => {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
};

/** What `act` gives for 0 to `times` - 1, one after another. */
export const repeat = async <T>(times: number, act: (index: number) => Promise<T>): Promise<readonly T[]> => {
  const results: T[] = [];
  for (let index = 0; index < times; index += 1) results.push(await act(index));
  return results;
};

/** The element of a list that is gone through again and again. */
export const inTurn = <T>(values: readonly T[], index: number): T => {
  if (values.length === 0) throw new Error('There is nothing to take in turn.');
  return values[index % values.length]!;
};
