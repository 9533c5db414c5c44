import type { Fact } from '../fact.js';

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
