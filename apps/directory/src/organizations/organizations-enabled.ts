import { type EnvironmentState, Refusal } from '@app/domain';

/** Refuses what is about organizations where the environment has them switched off. */
export const refuseWithoutOrganizations = (environment: EnvironmentState | null): void => {
  if (environment?.settings.organizationsEnabled === false) throw new Refusal('ORGANIZATIONS_DISABLED');
};
