import type { DomainEvent, Placed } from '../events.js';
import type { BackendKeyState } from '../states.js';

/** The fold of a `backendkey-` tag. */
export const evolveBackendKey = (state: BackendKeyState | null, event: DomainEvent, placed: Placed): BackendKeyState | null => {
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
