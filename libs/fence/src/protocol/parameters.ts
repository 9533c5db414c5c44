/** All times of the fence, derived from the one number L (`FENCE_LEASE_MS`). */
export interface FenceParameters {
  /** L: after it, no lease granted before a change can be held by anyone. */
  readonly leaseAuthorityMs: number;
  /** Must stay below `leaseAuthorityMs`, or a node could answer from before a change that was acknowledged after waiting. */
  readonly leaseNodeMs: number;
  readonly renewEveryMs: number;
  readonly renewTimeoutMs: number;
  /** How far a node's two clocks may drift apart within one lease before it drops it. */
  readonly clockToleranceMs: number;
  readonly pushRepeatMs: number;
}

export const fenceParameters = (leaseMs: number): FenceParameters => {
  if (!Number.isSafeInteger(leaseMs) || leaseMs < 1_000 || leaseMs > 60_000) {
    throw new RangeError(`FENCE_LEASE_MS must be a whole number from 1000 to 60000, not ${leaseMs}.`);
  }
  return {
    leaseAuthorityMs: leaseMs,
    leaseNodeMs: 0.8 * leaseMs,
    renewEveryMs: 0.2 * leaseMs,
    renewTimeoutMs: 0.2 * leaseMs,
    clockToleranceMs: 0.05 * leaseMs,
    pushRepeatMs: 100,
  };
};

/** Deadlines and bounds that do not depend on L. */
export const fenceLimits = {
  changesInMemory: 100_000,
  commitsReadBack: 200_000,
  changesPerRenewal: 5_000,
  lastChangeNames: 200_000,
  lookUpsInFlight: 1_000,
  /** Different things that unverified callers wait for, over all and for each address. */
  unverifiedLookUps: 250,
  unverifiedLookUpsPerAddress: 60,
  queryDeadlineMs: 2_000,
} as const;
