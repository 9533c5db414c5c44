import type { EventTable, Fact } from '../fact.js';
import { tags } from '../tags.js';

export type BackendKeyKind = 'full-access' | 'read-and-validate' | 'validation-only' | 'custom';

export type BackendKeyEvent =
  | Fact<
      'backend-key.issued.v1',
      {
        backendKeyId: string;
        environmentId: string;
        name: string;
        kind: BackendKeyKind;
        /** For kind `custom` only; the other kinds are resolved by the permissions table of the edge. */
        permissions: readonly string[];
        tokenTag: string;
        pepperId: string;
      }
    >
  | Fact<'backend-key.revoked.v1', { backendKeyId: string }>;

export const BACKEND_KEY_EVENTS: EventTable<BackendKeyEvent> = {
  'backend-key.issued.v1': {
    changes: null,
    personal: ['name'],
    public: ['backendKeyId', 'environmentId', 'kind', 'permissions'],
    claims: ({ backendKeyId, tokenTag }) => ({ holder: tags.backendKey(backendKeyId), claims: [tokenTag], releases: [] }),
  },
  'backend-key.revoked.v1': { changes: ({ backendKeyId }) => [tags.backendKey(backendKeyId)], personal: [], public: ['backendKeyId'], claims: null },
};
