import { type KeyRateLimit, keyKind, type KeyVerdictRecords } from '@app/domain';
import type { RateLimit } from '@app/ports';

/** How many owners' windows a process keeps if it counts by itself. */
export const OWNERS_IN_MEMORY = 200_000;

const PERIOD_MS: Readonly<Record<KeyRateLimit['periodType'], number>> = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** Settings are the same object until they change, so that no validation builds a limit again. */
const made = new WeakMap<KeyRateLimit, RateLimit>();

/** The limit of an environment's setting. */
export const rateLimitOf = (setting: KeyRateLimit): RateLimit => {
  const known = made.get(setting);
  if (known !== undefined) return known;
  const limit = { allowPerWindow: setting.allowPerPeriod, windowMs: setting.periodSize * PERIOD_MS[setting.periodType] };
  made.set(setting, limit);
  return limit;
};

/** Counted over all keys of the owner, never per key; null for a generic key, which has no owner. */
export const limitedOwner = ({ key }: KeyVerdictRecords): string | null => (keyKind(key) === 'personal' ? key.userId : key.orgId);

/** Null if there is no limit. */
export const ownerLimit = ({ key, environment: { settings } }: KeyVerdictRecords): RateLimit | null => {
  const setting = keyKind(key) === 'personal' ? settings.personalApiKeyRateLimit : settings.orgApiKeyRateLimit;
  return setting === null ? null : rateLimitOf(setting);
};
