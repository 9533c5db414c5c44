import type { DataOf, DomainEvent, LogPosition } from '../log-events.js';
import { defaultSettings, type EnvironmentSettings } from './settings.js';

export interface EnvironmentState {
  readonly environmentId: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** Oldest first. The first was created with the environment and has its id. */
  readonly signingKeys: readonly SigningKeyState[];
  readonly settings: EnvironmentSettings;
  /** Earlier auth URLs, oldest first: tokens issued there stay valid until they expire. */
  readonly previousAuthUrls: readonly PreviousAuthUrl[];
}

export interface PreviousAuthUrl {
  readonly authUrl: string;
  readonly replacedAtMs: number;
}

/** Published, then active, then retired: it signs only while active, and is valid for checks in all three, until it is revoked. */
export interface SigningKeyState {
  readonly keyId: string;
  readonly publicKeyPem: string;
  readonly sealedPrivateKey: string;
  readonly activatedAtMs: number | null;
  /** When the next one was activated. */
  readonly retiredAtMs: number | null;
  /** Invalid for every use. It stays here, so that no other key gets its id. */
  readonly revoked: boolean;
}

// Settings that are newer than the environment have their defaults.
const created = (
  { environmentId, name, publicKeyPem, sealedPrivateKey, settings }: DataOf<'environment.created.v1'>,
  { at }: LogPosition,
): EnvironmentState => ({
  environmentId,
  name,
  createdAtMs: at,
  signingKeys: [{ keyId: environmentId, publicKeyPem, sealedPrivateKey, activatedAtMs: at, retiredAtMs: null, revoked: false }],
  settings: { ...defaultSettings(settings.authUrl), ...settings },
  previousAuthUrls: [],
});

const moved = (state: EnvironmentState, authUrl: string, { at }: LogPosition): EnvironmentState => {
  if (authUrl === state.settings.authUrl) return state;
  const previousAuthUrls = [...state.previousAuthUrls, { authUrl: state.settings.authUrl, replacedAtMs: at }];
  return { ...state, settings: { ...state.settings, authUrl }, previousAuthUrls };
};

const published = (state: EnvironmentState, { keyId, publicKeyPem, sealedPrivateKey }: DataOf<'environment.signing-key-published.v1'>): EnvironmentState => ({
  ...state,
  signingKeys: [...state.signingKeys, { keyId, publicKeyPem, sealedPrivateKey, activatedAtMs: null, retiredAtMs: null, revoked: false }],
});

const activatedAt = (key: SigningKeyState, keyId: string, at: number): SigningKeyState => {
  if (key.keyId === keyId) return { ...key, activatedAtMs: at };
  return key.activatedAtMs !== null && key.retiredAtMs === null ? { ...key, retiredAtMs: at } : key;
};

const applied = (state: EnvironmentState, event: DomainEvent, placed: LogPosition): EnvironmentState => {
  switch (event.type) {
    case 'environment.settings-changed.v1': {
      // Older logs change the auth URL with this event.
      const { authUrl = state.settings.authUrl, ...changes } = event.data.changes;
      return moved({ ...state, settings: { ...state.settings, ...changes } }, authUrl, placed);
    }
    case 'environment.auth-url-changed.v1':
      return moved(state, event.data.authUrl, placed);
    case 'environment.signing-key-published.v1':
      return published(state, event.data);
    case 'environment.signing-key-activated.v1':
      return { ...state, signingKeys: state.signingKeys.map((key) => activatedAt(key, event.data.keyId, placed.at)) };
    case 'environment.signing-key-revoked.v1':
      return { ...state, signingKeys: state.signingKeys.map((key) => (key.keyId === event.data.keyId ? { ...key, revoked: true } : key)) };
    default:
      return state;
  }
};

/** The fold of an `env-` tag. */
export const evolveEnvironment = (state: EnvironmentState | null, event: DomainEvent, placed: LogPosition): EnvironmentState | null => {
  if (event.type === 'environment.created.v1') return state ?? created(event.data, placed);
  return state === null || !('environmentId' in event.data) || event.data.environmentId !== state.environmentId ? state : applied(state, event, placed);
};
