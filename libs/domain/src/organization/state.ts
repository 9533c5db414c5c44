import type { DomainEvent, LogPosition } from '../log-events.js';
import { OWNER } from '../membership/roles.js';
import type { OrganizationProfile } from './events.js';

export interface OrganizationState {
  readonly orgId: string;
  readonly environmentId: string;
  readonly createdAtMs: number;
  readonly slug: string;
  readonly slugTag: string;
  readonly profile: OrganizationProfile;
  readonly deleted: boolean;
  readonly memberCount: number;
  readonly ownerCount: number;
}

const ownersIn = (roles: readonly string[]): number => roles.filter((role) => role === OWNER).length;

/** Counts only, from what the events say: an organization's state stays O(1) however many members it has. */
const counted = (state: OrganizationState, arrived: readonly string[], gone: readonly string[]): OrganizationState => ({
  ...state,
  memberCount: state.memberCount + arrived.length - gone.length,
  ownerCount: state.ownerCount + ownersIn(arrived) - ownersIn(gone),
});

const applied = (state: OrganizationState, event: DomainEvent): OrganizationState => {
  const isMine = (orgId: string) => orgId === state.orgId;
  switch (event.type) {
    case 'organization.changed.v1':
      return isMine(event.data.orgId) ? { ...state, profile: { ...state.profile, ...event.data.changes } } : state;
    case 'organization.deleted.v1':
      return isMine(event.data.orgId) ? { ...state, deleted: true } : state;
    case 'membership.joined.v1':
      return isMine(event.data.orgId) ? counted(state, [event.data.role], []) : state;
    case 'membership.role-changed.v1':
      return isMine(event.data.orgId) ? counted(state, [event.data.role], [event.data.previousRole]) : state;
    case 'membership.left.v1':
      return isMine(event.data.orgId) ? counted(state, [], [event.data.role]) : state;
    case 'user.deleted.v1':
      return counted(
        state,
        [],
        event.data.memberships.filter(({ orgId }) => isMine(orgId)).map(({ role }) => role),
      );
    default:
      return state;
  }
};

/** The fold of an `org-` tag. */
export const evolveOrganization = (state: OrganizationState | null, event: DomainEvent, placed: LogPosition): OrganizationState | null => {
  if (state !== null) return applied(state, event);
  if (event.type !== 'organization.created.v1') return null;
  return { ...event.data, createdAtMs: placed.at, deleted: false, memberCount: 0, ownerCount: 0 };
};
