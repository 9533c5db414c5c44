import type { EnvironmentSettings } from './settings.js';
import { Refusal } from '../refusal.js';

/** Refuses what is about organizations where the environment has them disabled. */
export const refuseWithoutOrganizations = (environment: { readonly settings: Pick<EnvironmentSettings, 'organizationsEnabled'> } | null): void => {
  if (environment?.settings.organizationsEnabled === false) throw new Refusal('ORGANIZATIONS_DISABLED');
};

const kindDisabled = (field: string, sentence: string): Refusal => new Refusal('KEY_KIND_DISABLED', { fields: { [field]: [sentence] } });

/** Refuses an organization's keys where the environment has them disabled. */
export const refuseWithoutOrganizationKeys = ({ orgApiKeysEnabled }: Pick<EnvironmentSettings, 'orgApiKeysEnabled'>): void => {
  if (!orgApiKeysEnabled) throw kindDisabled('orgId', 'Organization keys are disabled in this environment; enable them first.');
};

/** Refuses users' keys where the environment has them disabled. */
export const refuseWithoutPersonalKeys = ({ personalApiKeysEnabled }: Pick<EnvironmentSettings, 'personalApiKeysEnabled'>): void => {
  if (!personalApiKeysEnabled) throw kindDisabled('userId', 'Personal keys are disabled in this environment; enable them first.');
};

/** Disabled organizations have no keys either, whatever the setting of the kind says. */
export const organizationKeysEnabled = ({ organizationsEnabled, orgApiKeysEnabled }: EnvironmentSettings): boolean => organizationsEnabled && orgApiKeysEnabled;
