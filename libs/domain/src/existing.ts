import type { EnvironmentState } from './environment/state.js';
import type { OrganizationState } from './organization/state.js';
import { notFound } from './refusal.js';
import type { UserState } from './user/state.js';

interface InEnvironment {
  readonly environmentId: string;
}

/** The state, if it is of that environment: what another environment holds looks exactly like what does not exist. */
export const within = <State extends InEnvironment>(environmentId: string, state: State | null): State | null =>
  state?.environmentId === environmentId ? state : null;

export const livingUser = (environmentId: string, user: UserState | null): UserState | null => (user?.deleted === false ? within(environmentId, user) : null);

export const livingOrganization = (environmentId: string, organization: OrganizationState | null): OrganizationState | null =>
  organization?.deleted === false ? within(environmentId, organization) : null;

export const existingUser = (environmentId: string, user: UserState | null): UserState => {
  const existing = livingUser(environmentId, user);
  if (existing === null) throw notFound();
  return existing;
};

export const existingOrganization = (environmentId: string, organization: OrganizationState | null): OrganizationState => {
  const existing = livingOrganization(environmentId, organization);
  if (existing === null) throw notFound();
  return existing;
};

export const existingEnvironment = (environmentId: string, environment: EnvironmentState | null): EnvironmentState => {
  const existing = within(environmentId, environment);
  if (existing === null) throw notFound();
  return existing;
};

/** The tags that are there, each once. */
export const tagList = (...found: readonly (string | null)[]): readonly string[] => [...new Set(found.filter((tag) => tag !== null))];
