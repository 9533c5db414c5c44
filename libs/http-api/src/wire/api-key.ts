import type { KeyRecord } from '@app/domain';
import { toSeconds, toSecondsOrNull } from './seconds.js';

/** A key as fetches and lists show it; unset is null, never `''` (Go parses the ids as UUIDs). */
export const wireApiKey = (key: KeyRecord) => ({
  api_key_id: key.keyId,
  created_at: toSeconds(key.createdAtMs),
  expires_at_seconds: toSecondsOrNull(key.expiresAtMs),
  metadata: key.metadata,
  user_id: key.userId,
  org_id: key.orgId,
  display_name: key.displayName,
});
