/** The last second of the year 9999: not every client can print a later date. */
export const MAX_SECONDS = 253_402_300_799;

const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_LENGTH = 10;

const secondsOf = (value: string | number): number | null => {
  if (typeof value === 'number') return Number.isInteger(value) ? value : null;
  return /^\d{1,12}$/.test(value) ? Number(value) : null;
};

const isoToMs = (text: string): number | null => {
  if (!ISO_MOMENT.test(text) || !isDay(text.slice(0, DAY_LENGTH))) return null;
  // Without an offset, JavaScript would assume the server's time zone.
  const hasTime = text.length > 10;
  const ms = Date.parse(hasTime && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10)) ? `${text}Z` : text);
  return Number.isNaN(ms) ? null : ms;
};

/** Epoch milliseconds of Unix seconds (number or digits) or an ISO 8601 time (UTC without an offset). Null if it is neither. */
export const momentToMs = (value: string | number): number | null => {
  const seconds = secondsOf(value);
  if (seconds !== null) return seconds >= 0 && seconds <= MAX_SECONDS ? seconds * 1000 : null;
  return typeof value === 'string' ? isoToMs(value) : null;
};

const DAY_MS = 86_400_000;
const YEAR_10000_MS = (MAX_SECONDS + 1) * 1000;

/**
 * Epoch milliseconds of an ISO 8601 time, negative before 1970. A day alone means its end in UTC (the first moment after it). Null if
 * the text is neither, or beyond the year 9999.
 */
export const isoMomentToMs = (text: string): number | null => {
  if (DAY.test(text) && !isDay(text)) return null;
  const ms = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) + DAY_MS : isoToMs(text);
  // The end of the last day would have a five-digit year, so its last millisecond is used instead.
  return ms === null || ms > YEAR_10000_MS ? null : Math.min(ms, YEAR_10000_MS - 1);
};

/** Whether the text is `YYYY-MM-DD` of a day that exists: 2023-02-29 does not. */
export const isDay = (text: string): boolean => {
  if (!DAY.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
};
