import type { EnvironmentSettings } from './settings.js';
import { Refusal } from '../refusal.js';

/** Refuses what is about organizations where the environment has them switched off. */
export const refuseWithoutOrganizations = (environment: { readonly settings: Pick<EnvironmentSettings, 'organizationsEnabled'> } | null): void => {
  if (environment?.settings.organizationsEnabled === false) throw new Refusal('ORGANIZATIONS_DISABLED');
};

/** Organizations that are switched off have no keys either, whatever the setting of the kind says. */
export const organizationKeysEnabled = ({ organizationsEnabled, orgApiKeysEnabled }: EnvironmentSettings): boolean => organizationsEnabled && orgApiKeysEnabled;
