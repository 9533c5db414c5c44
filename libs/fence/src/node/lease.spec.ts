import { beforeEach, describe, expect, it } from 'vitest';
import { Lease, NodeTime } from './lease.js';
import { fenceParameters } from '../protocol/parameters.js';
import { ManualClock } from '@test/support/clock/manual-clock.js';

// Protects I2: leases count from send time and are checked by clock.
describe('a lease', () => {
  let clock: ManualClock;
  let lease: Lease;
  beforeEach(() => {
    clock = new ManualClock();
    lease = new Lease(clock);
    lease.setParameters(fenceParameters(5_000));
  });

  it('is not held before the first grant', () => {
    expect(lease.held()).toBe(false);
  });

  it('counts from the moment the question was sent, however late the answer came', () => {
    const sent = lease.moment();
    clock.pass(3_900);
    lease.grant(sent);
    expect(lease.held()).toBe(true);
    clock.pass(100);
    expect(lease.held()).toBe(false);
  });

  it('is over for a process that was stopped past it, without any timer having run', () => {
    lease.grant(lease.moment());
    clock.pass(3_600_000);
    expect(lease.held()).toBe(false);
  });

  it('is over when only the wall clock moved on: the VM slept', () => {
    lease.grant(lease.moment());
    clock.stepWall(4_000);
    expect(lease.held()).toBe(false);
  });

  it.each([251, -251])('is dropped for good when the wall clock steps by %i ms, more than the tolerance', (stepMs) => {
    lease.grant(lease.moment());
    clock.stepWall(stepMs);
    expect(lease.held()).toBe(false);
    clock.stepWall(-stepMs);
    expect(lease.held()).toBe(false);
  });

  it('survives a correction within the tolerance', () => {
    lease.grant(lease.moment());
    clock.stepWall(-250);
    expect(lease.held()).toBe(true);
  });

  it('is as short as the faster of the two clocks says', () => {
    lease.grant(lease.moment());
    clock.pass(3_900);
    clock.stepWall(200);
    expect(lease.held()).toBe(false);
  });

  it('is not shortened or revived by a grant that was asked for earlier', () => {
    const early = lease.moment();
    clock.pass(1_000);
    lease.grant(lease.moment());
    lease.grant(early);
    clock.pass(3_500);
    expect(lease.held()).toBe(true);
    clock.pass(500);
    lease.grant(early);
    expect(lease.held()).toBe(false);
  });

  it('tells how much is left', () => {
    lease.grant(lease.moment());
    clock.pass(1_000);
    expect(lease.remainingMs()).toBe(3_000);
    clock.pass(9_000);
    expect(lease.remainingMs()).toBe(0);
  });
});

describe('the time for expiry', () => {
  it('is the own clock when that is ahead, else what the authority said and what has passed since', () => {
    const clock = new ManualClock();
    const time = new NodeTime(clock);
    const own = clock.wall();
    time.heard(own - 500);
    expect(time.now()).toBe(own);
    time.heard(own + 60_000);
    clock.pass(10);
    expect(time.now()).toBe(own + 60_010);
  });

  it('does not go back when the wall clock is set back', () => {
    const clock = new ManualClock();
    const time = new NodeTime(clock);
    const own = clock.wall();
    time.heard(own);
    clock.stepWall(-3_600_000);
    clock.pass(5);
    expect(time.now()).toBe(own + 5);
  });

  it('does not go back to where a late answer or a clock that was set back would have it', () => {
    const clock = new ManualClock();
    const time = new NodeTime(clock);
    const own = clock.wall();
    time.heard(own + 60_000);
    clock.stepWall(-3_600_000);
    clock.pass(1_000);
    time.heard(own - 3_599_000);
    expect(time.now()).toBeGreaterThan(own + 60_000);
  });

  it('comes back to the authority’s in the end, so that different paces do not add up', () => {
    const clock = new ManualClock();
    const time = new NodeTime(clock);
    const own = clock.wall();
    time.heard(own + 1_000);
    for (let second = 1; second <= 200; second += 1) {
      clock.pass(1_000);
      time.heard(own + 1_000 * second);
    }
    expect(time.now()).toBe(own + 200_000);
  });
});

describe('the parameters', () => {
  it('keep the node’s lease shorter than the authority’s wait', () => {
    const { leaseAuthorityMs, leaseNodeMs, renewEveryMs, renewTimeoutMs, clockToleranceMs } = fenceParameters(5_000);
    expect({ leaseAuthorityMs, leaseNodeMs, renewEveryMs, renewTimeoutMs, clockToleranceMs }).toEqual({
      leaseAuthorityMs: 5_000,
      leaseNodeMs: 4_000,
      renewEveryMs: 1_000,
      renewTimeoutMs: 1_000,
      clockToleranceMs: 250,
    });
  });

  it.each([999, 60_001, 1_500.5, Number.NaN])('refuse %d ms', (leaseMs) => {
    expect(() => fenceParameters(leaseMs)).toThrow(RangeError);
  });
});
