import type { EnvironmentSettings } from '../environment-settings.js';
import type { DomainEvent } from '../events.js';
import { changedFields } from '../json-equal.js';
import { invalidField } from '../refusal.js';
import type { ClaimState, EnvironmentState } from '../states.js';
import { tags } from '../tags.js';
import { existingEnvironment } from './existing.js';
import { refuseInvalidSettings } from './setting-rules.js';
import { refuseBadName } from './name-rule.js';

export interface CreateEnvironment {
  readonly environmentId: string;
  readonly name: string;
  readonly publicKeyPem: string;
  readonly sealedPrivateKey: string;
  readonly settings: EnvironmentSettings;
}

export const decideCreateEnvironment = (cmd: CreateEnvironment, s: { readonly name: ClaimState }): readonly DomainEvent[] => {
  const { environmentId, name, publicKeyPem, sealedPrivateKey, settings } = cmd;
  refuseBadName(name);
  if (s.name.holder !== null) throw invalidField('name', 'Another environment has this name; choose another one.');
  refuseInvalidSettings(settings, settings);
  return [{
    type: 'environment.created.v1',
    tags: [tags.env(environmentId), tags.environmentName(name)],
    data: { environmentId, name, publicKeyPem, sealedPrivateKey, settings },
  }];
};

export interface ChangeSettings {
  readonly environmentId: string;
  readonly changes: Partial<EnvironmentSettings>;
}

export const decideChangeSettings = (
  { environmentId, changes }: ChangeSettings,
  s: { readonly environment: EnvironmentState | null },
): readonly DomainEvent[] => {
  const { settings } = existingEnvironment(environmentId, s.environment);
  refuseInvalidSettings(changes, settings);
  const changed = changedFields(settings, changes);
  if (Object.keys(changed).length === 0) return [];
  return [{ type: 'environment.settings-changed.v1', tags: [tags.env(environmentId)], data: { environmentId, changes: changed } }];
};
