import type { BackendKeyKind } from './events.js';
import type { BackendKeyState } from './state.js';

export interface BackendKeyRecord {
  readonly kind: 'backendkey';
  readonly backendKeyId: string;
  readonly environmentId: string;
  readonly name: string;
  readonly accessKind: BackendKeyKind;
  readonly permissions: readonly string[];
  readonly createdAtMs: number;
  readonly revoked: boolean;
}

// Field by field: a spread would let a hash or a sealed secret of the state slip into the record.
export const toBackendKeyRecord = (state: BackendKeyState): BackendKeyRecord => ({
  kind: 'backendkey',
  backendKeyId: state.backendKeyId,
  environmentId: state.environmentId,
  name: state.name,
  accessKind: state.kind,
  permissions: state.permissions,
  createdAtMs: state.createdAtMs,
  revoked: state.revokedAtMs !== null,
});
