import type { JsonObject } from '../json.js';
import type { KeyOrigin } from './events.js';
import type { ApiKeyState } from './state.js';

export interface KeyRecord {
  readonly kind: 'key';
  readonly keyId: string;
  readonly environmentId: string;
  readonly origin: KeyOrigin;
  readonly imported: boolean;
  readonly tokenPrefix: string | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly creatorId: string | null;
  readonly userEpoch: number | null;
  readonly memberEpoch: number | null;
  readonly creatorEpoch: number | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly metadata: JsonObject | null;
  readonly displayName: string | null;
  readonly revoked: boolean;
}

// Field by field: a spread would let a hash or a sealed secret of the state slip into the record.
export const toKeyRecord = (state: ApiKeyState): KeyRecord => ({
  kind: 'key',
  keyId: state.keyId,
  environmentId: state.environmentId,
  origin: state.origin,
  imported: state.imported,
  tokenPrefix: state.tokenPrefix,
  userId: state.userId,
  orgId: state.orgId,
  creatorId: state.creatorId,
  userEpoch: state.userEpoch,
  memberEpoch: state.memberEpoch,
  creatorEpoch: state.creatorEpoch,
  createdAtMs: state.createdAtMs,
  expiresAtMs: state.expiresAtMs,
  metadata: state.metadata,
  displayName: state.displayName,
  revoked: state.revokedPos !== null,
});
