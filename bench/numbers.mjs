// Sizes from the environment, and what is made of many measurements: medians, because a shared machine makes outliers in both directions.

export const setting = (name, fallback) => Number(process.env[name] ?? fallback);

const ascending = (values) => values.toSorted((left, right) => left - right);

export const quantile = (values, share) => ascending(values)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
export const median = (values) => quantile(values, 0.5);

/** Median, the middle half of all rounds, and the extremes: `0.93 [0.90–0.95] (0.71–1.02)`. */
export const distribution = (values, digits) => {
  const of = (share) => quantile(values, share).toFixed(digits);
  return `${of(0.5)} [${of(0.25)}–${of(0.75)}] (${of(0)}–${of(1)})`;
};

/** Median and extremes, where space is short. */
export const spread = (values, digits) => `${median(values).toFixed(digits)} (${quantile(values, 0).toFixed(digits)}–${quantile(values, 1).toFixed(digits)})`;

/** By Fisher and Yates: keys of the log in no order that it knows. */
export const shuffled = (values) => {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
};
