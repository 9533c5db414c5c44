import { toKeyRecord } from './api-key/record.js';
import type { ApiKeyState } from './api-key/state.js';
import { toEnvironmentRecord } from './environment/record.js';
import type { EnvironmentState } from './environment/state.js';
import { toOrganizationRecord } from './organization/record.js';
import type { OrganizationState } from './organization/state.js';
import { toUserRecord } from './user/record.js';
import type { UserState } from './user/state.js';
import { keyVerdict } from './verdict.js';

/** The states that a key's verdict depends on; null if the key names none. */
export interface PrincipalStates {
  readonly environment: EnvironmentState | null;
  readonly user: UserState | null;
  readonly organization: OrganizationState | null;
  readonly creator: UserState | null;
}

/**
 * Whether commands treat the key as archived: dead for any reason but a disabled kind. This asks the verdict, not
 * `invalidatedBy`: a valid key must stay revocable while the cascade has not yet reverted an invalidation.
 */
export const isArchived = (key: ApiKeyState, principals: PrincipalStates, atMs: number): boolean => {
  const { environment, user, organization, creator } = principals;
  if (environment === null) return true;
  const verdict = keyVerdict(
    {
      key: toKeyRecord(key),
      environment: toEnvironmentRecord(environment),
      user: user && toUserRecord(user),
      org: organization && toOrganizationRecord(organization),
      creator: creator && toUserRecord(creator),
      memberOrgs: [],
    },
    atMs,
  );
  return !verdict.valid && verdict.reason !== 'kind-disabled';
};
