import type { ApiKeyState } from './states.js';

/** When lists take the key to end, or to have ended: revoked, expired or invalidated, whichever is first. Null: not in sight. */
export const keyEndsAtMs = ({
  revokedAtMs,
  expiresAtMs,
  invalidatedAtMs,
}: Pick<ApiKeyState, 'revokedAtMs' | 'expiresAtMs' | 'invalidatedAtMs'>): number | null => {
  const times = [revokedAtMs, expiresAtMs, invalidatedAtMs].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
};
