import type { Fact } from '../fact.js';
import type { EnvironmentSettings } from './settings.js';

export type EnvironmentEvent =
  | Fact<
      'environment.created.v1',
      {
        environmentId: string;
        name: string;
        publicKeyPem: string;
        sealedPrivateKey: string;
        settings: EnvironmentSettings;
      }
    >
  | Fact<'environment.settings-changed.v1', { environmentId: string; changes: Partial<EnvironmentSettings> }>
  /** Claims the host of the new URL and releases that of the previous one; tokens made under that one stay good until they expire. */
  | Fact<'environment.auth-url-changed.v1', { environmentId: string; authUrl: string; previousAuthUrl: string }>
  /** Known to whoever fetches the public keys; nothing is signed with it yet. */
  | Fact<'environment.signing-key-published.v1', { environmentId: string; keyId: string; publicKeyPem: string; sealedPrivateKey: string }>
  | Fact<'environment.signing-key-activated.v1', { environmentId: string; keyId: string }>
  | Fact<'environment.signing-key-revoked.v1', { environmentId: string; keyId: string }>;
