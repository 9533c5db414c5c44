import type { ClaimState } from '../claim.js';
import type { EnvironmentSettings } from './settings.js';
import { activeSigningKey } from './signing-keys.js';
import type { EnvironmentState, PreviousAuthUrl, SigningKeyState } from './state.js';

export interface EnvironmentRecord {
  readonly kind: 'env';
  readonly environmentId: string;
  readonly name: string;
  /** The key that signs now. */
  readonly publicKeyPem: string;
  readonly signingKeys: readonly SigningKeyRecord[];
  readonly settings: EnvironmentSettings;
  readonly previousAuthUrls: readonly PreviousAuthUrl[];
}

export type SigningKeyRecord = Omit<SigningKeyState, 'sealedPrivateKey' | 'revoked'>;

/** The environment whose users log in at this host name; null if there is none, which is kept for loopback hosts alone. */
export interface HostRecord {
  readonly kind: 'host';
  readonly host: string;
  readonly environmentId: string | null;
}

// Field by field: a spread would let a hash or a sealed secret of the state slip into the record.
export const toEnvironmentRecord = (state: EnvironmentState): EnvironmentRecord => ({
  kind: 'env',
  environmentId: state.environmentId,
  name: state.name,
  publicKeyPem: activeSigningKey(state).publicKeyPem,
  // Without the revoked ones: a reader of the record must not accept them.
  signingKeys: state.signingKeys
    .filter(({ revoked }) => !revoked)
    .map(({ keyId, publicKeyPem, activatedAtMs, retiredAtMs }) => ({ keyId, publicKeyPem, activatedAtMs, retiredAtMs })),
  settings: state.settings,
  previousAuthUrls: state.previousAuthUrls,
});

/** The copy for read models: without the sealed private keys. */
export const redactEnvironment = (state: EnvironmentState): EnvironmentState => ({
  ...state,
  signingKeys: state.signingKeys.map((key) => ({ ...key, sealedPrivateKey: '' })),
});

const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
export const isLoopbackHost = (host: string): boolean => LOOPBACK_HOSTS.includes(host);

/** Null if no environment has the host now. Such a record is kept for loopback hosts alone: of other hosts a caller could make up enough to fill memory. */
export const toHostRecord = (host: string, { holder: environmentId }: ClaimState): HostRecord | null =>
  environmentId === null && !isLoopbackHost(host) ? null : { kind: 'host', host, environmentId };
