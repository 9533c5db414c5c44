import type { EventTable, Fact } from '../fact.js';
import { tags } from '../tags.js';
import { type EnvironmentSettings, hostOfOrigin } from './settings.js';

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
  /** Claims the host of the new URL and releases that of the previous one; tokens issued under that one stay valid until they expire. */
  | Fact<'environment.auth-url-changed.v1', { environmentId: string; authUrl: string; previousAuthUrl: string }>
  /** Published with the public keys; nothing is signed with it yet. */
  | Fact<'environment.signing-key-published.v1', { environmentId: string; keyId: string; publicKeyPem: string; sealedPrivateKey: string }>
  | Fact<'environment.signing-key-activated.v1', { environmentId: string; keyId: string }>
  | Fact<'environment.signing-key-revoked.v1', { environmentId: string; keyId: string }>;

/** The name of an auth URL's host, and the tag that claims it. */
export const hostTagOf = (authUrl: string): string => tags.authHost(hostOfOrigin(authUrl));

const changesEnvironment = ({ environmentId }: { readonly environmentId: string }): readonly string[] => [tags.env(environmentId)];

export const ENVIRONMENT_EVENTS: EventTable<EnvironmentEvent> = {
  'environment.created.v1': {
    changes: ({ settings }) => [hostTagOf(settings.authUrl)],
    personal: [],
    public: ['environmentId'],
    claims: ({ environmentId, name, settings }) => ({
      holder: environmentId,
      claims: [tags.environmentName(name), hostTagOf(settings.authUrl)],
      releases: [],
    }),
  },
  'environment.settings-changed.v1': { changes: changesEnvironment, personal: [], public: ['environmentId', 'changes'], claims: null },
  'environment.auth-url-changed.v1': {
    changes: ({ environmentId, authUrl, previousAuthUrl }) => [...new Set([tags.env(environmentId), hostTagOf(authUrl), hostTagOf(previousAuthUrl)])],
    personal: [],
    public: ['environmentId'],
    claims: ({ environmentId, authUrl, previousAuthUrl }) => ({
      holder: environmentId,
      claims: [hostTagOf(authUrl)],
      releases: [hostTagOf(previousAuthUrl)],
    }),
  },
  'environment.signing-key-published.v1': { changes: changesEnvironment, personal: [], public: ['environmentId', 'keyId'], claims: null },
  'environment.signing-key-activated.v1': { changes: changesEnvironment, personal: [], public: ['environmentId', 'keyId'], claims: null },
  'environment.signing-key-revoked.v1': { changes: changesEnvironment, personal: [], public: ['environmentId', 'keyId'], claims: null },
};
