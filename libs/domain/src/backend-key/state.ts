import type { DomainEvent, LogPosition } from '../log-events.js';
import type { BackendKeyKind } from './events.js';

export interface BackendKeyState {
  readonly backendKeyId: string;
  readonly environmentId: string;
  readonly name: string;
  readonly kind: BackendKeyKind;
  readonly permissions: readonly string[];
  readonly tokenTag: string;
  readonly pepperId: string;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

/** The fold of a `backendkey-` tag. */
export const evolveBackendKey = (state: BackendKeyState | null, event: DomainEvent, placed: LogPosition): BackendKeyState | null => {
  switch (event.type) {
    case 'backend-key.issued.v1':
      return state ?? { ...event.data, createdAtMs: placed.at, revokedAtMs: null };
    case 'backend-key.revoked.v1':
      if (state?.backendKeyId !== event.data.backendKeyId || state.revokedAtMs !== null) return state;
      return { ...state, revokedAtMs: placed.at };
    default:
      return state;
  }
};
