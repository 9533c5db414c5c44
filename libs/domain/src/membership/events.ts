import type { Fact } from '../fact.js';

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
