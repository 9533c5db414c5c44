import type { ClaimState } from '../claim.js';
import { existing } from '../existing.js';
import { changedFields } from '../json.js';
import type { DomainEvent } from '../log-events.js';
import { refuseBadName } from '../name-rule.js';
import { invalidField } from '../refusal.js';
import { tags } from '../tags.js';
import { hostTagOf } from './events.js';
import { refuseInvalidSettings } from './setting-rules.js';
import type { EnvironmentSettings } from './settings.js';
import type { EnvironmentState } from './state.js';

export interface CreateEnvironmentCommand {
  readonly environmentId: string;
  readonly name: string;
  readonly publicKeyPem: string;
  readonly sealedPrivateKey: string;
  readonly settings: EnvironmentSettings;
}

const refuseTakenHost = (environmentId: string, { holder }: ClaimState): void => {
  if (holder === null || holder === environmentId) return;
  throw invalidField('authUrl', 'Another environment has this host; give each environment a host name of its own.');
};

export const decideCreateEnvironment = (cmd: CreateEnvironmentCommand, s: { readonly name: ClaimState; readonly host: ClaimState }): readonly DomainEvent[] => {
  const { environmentId, name, publicKeyPem, sealedPrivateKey, settings } = cmd;
  refuseBadName(name);
  if (s.name.holder !== null) throw invalidField('name', 'Another environment has this name; choose another one.');
  refuseInvalidSettings(settings, settings);
  refuseTakenHost(environmentId, s.host);
  return [
    {
      type: 'environment.created.v1',
      tags: [tags.env(environmentId), tags.environmentName(name), hostTagOf(settings.authUrl)],
      data: { environmentId, name, publicKeyPem, sealedPrivateKey, settings },
    },
  ];
};

export interface ChangeSettingsCommand {
  readonly environmentId: string;
  readonly changes: Partial<EnvironmentSettings>;
}

/** The host of the URL is claimed even if the URL is unchanged: older logs have no claims of hosts. */
const authUrlEvents = (environmentId: string, authUrl: string | undefined, previousAuthUrl: string, host: ClaimState | null): readonly DomainEvent[] => {
  if (authUrl === undefined) return [];
  // Without the claim two environments could have the same host.
  if (host === null) throw new Error('A new auth URL must come with the claim of its host.');
  refuseTakenHost(environmentId, host);
  if (authUrl === previousAuthUrl && host.holder !== null) return [];
  const hosts = [...new Set([hostTagOf(authUrl), hostTagOf(previousAuthUrl)])];
  return [{ type: 'environment.auth-url-changed.v1', tags: [tags.env(environmentId), ...hosts], data: { environmentId, authUrl, previousAuthUrl } }];
};

/** `host`: the claim of the host of the requested auth URL; null if no other URL is requested. */
export const decideChangeSettings = (
  { environmentId, changes: { authUrl, ...others } }: ChangeSettingsCommand,
  s: { readonly environment: EnvironmentState | null; readonly host: ClaimState | null },
): readonly DomainEvent[] => {
  const { settings } = existing(environmentId, s.environment);
  refuseInvalidSettings(authUrl === undefined ? others : { ...others, authUrl }, settings);
  const moved = authUrlEvents(environmentId, authUrl, settings.authUrl, s.host);
  const changes = changedFields(settings, others);
  if (Object.keys(changes).length === 0) return moved;
  return [...moved, { type: 'environment.settings-changed.v1', tags: [tags.env(environmentId)], data: { environmentId, changes } }];
};
