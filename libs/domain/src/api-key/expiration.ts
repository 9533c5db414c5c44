import { EXPIRATION_OPTIONS, type EnvironmentSettings, type ExpirationOption } from '../environment/settings.js';
import { Refusal } from '../refusal.js';

const DAY_MS = 86_400_000;

/** The same day and time some months later in UTC, or the last day of that month if it is shorter. */
const addMonths = (fromMs: number, months: number): number => {
  const date = new Date(fromMs);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
};

/** When a key created at `fromMs` with the option ends; null if it never does. */
export const expirationOf = (option: ExpirationOption, fromMs: number): number | null => {
  switch (option) {
    case 'TwoWeeks':
      return fromMs + 14 * DAY_MS;
    case 'OneMonth':
      return addMonths(fromMs, 1);
    case 'ThreeMonths':
      return addMonths(fromMs, 3);
    case 'SixMonths':
      return addMonths(fromMs, 6);
    case 'OneYear':
      return addMonths(fromMs, 12);
    case 'Never':
      return null;
  }
};

const isOption = (text: string): text is ExpirationOption => EXPIRATION_OPTIONS.some((option) => option === text);

/** The requested option, if the environment offers it; null requests its default. Refuses with INVALID_OPTION. */
export const offeredOption = (asked: string | null, settings: Pick<EnvironmentSettings, 'expirationOptions' | 'defaultExpirationOption'>): ExpirationOption => {
  if (asked === null) return settings.defaultExpirationOption;
  if (!isOption(asked) || !settings.expirationOptions.includes(asked)) throw new Refusal('INVALID_OPTION');
  return asked;
};
