import type { EventTable, Fact } from '../fact.js';
import { tags } from '../tags.js';

export type MembershipEvent =
  | Fact<'membership.joined.v1', { userId: string; orgId: string; role: string; additionalRoles: readonly string[] }>
  | Fact<
      'membership.role-changed.v1',
      {
        userId: string;
        orgId: string;
        role: string;
        additionalRoles: readonly string[];
        previousRole: string;
      }
    >
  /** `epoch`: the membership's epoch until now; with `endsKeys` it ends. */
  | Fact<'membership.left.v1', { userId: string; orgId: string; role: string; endsKeys: boolean; epoch: number }>;

/** A membership is part of its user: no record of the organization changes with it. */
const changesUser = ({ userId }: { readonly userId: string }): readonly string[] => [tags.user(userId)];

export const MEMBERSHIP_EVENTS: EventTable<MembershipEvent> = {
  'membership.joined.v1': { changes: changesUser, personal: [], public: ['userId', 'orgId', 'role', 'additionalRoles'], claims: null },
  'membership.role-changed.v1': { changes: changesUser, personal: [], public: ['userId', 'orgId', 'role', 'additionalRoles', 'previousRole'], claims: null },
  'membership.left.v1': { changes: changesUser, personal: [], public: ['userId', 'orgId', 'role', 'endsKeys'], claims: null },
};
