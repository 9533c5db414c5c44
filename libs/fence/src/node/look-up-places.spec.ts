import { describe, expect, it } from 'vitest';
import { fenceLimits } from '../protocol/parameters.js';
import { LookUpPlaces, UNVERIFIED, VERIFIED } from './look-up-places.js';

const { lookUpsInFlight, unverifiedLookUps, unverifiedLookUpsPerAddress } = fenceLimits;
const from = (address: string) => ({ verified: false, address });
const takeAll = (places: LookUpPlaces, count: number, caller = UNVERIFIED): readonly ((() => void) | null)[] =>
  Array.from({ length: count }, (_, index) => places.take(caller, `${caller.address ?? ''}-${String(index)}`));
const granted = (taken: readonly unknown[]): number => taken.filter((one) => one !== null).length;

describe('the places of look-ups', () => {
  it('are a quarter for unverified callers, and they never take those of verified ones', () => {
    const places = new LookUpPlaces();
    expect(granted(takeAll(places, 5_000))).toBe(unverifiedLookUps);
    expect(unverifiedLookUps).toBe(lookUpsInFlight / 4);
    expect(granted(takeAll(places, 5_000, VERIFIED))).toBe(lookUpsInFlight);
  });

  it('of one address are a share, and another address has its own', () => {
    const places = new LookUpPlaces();
    expect(granted(takeAll(places, 1_000, from('192.0.2.1')))).toBe(unverifiedLookUpsPerAddress);
    expect(granted(takeAll(places, 10, from('192.0.2.2')))).toBe(10);
  });

  it('count what many callers wait for once, so that the cold key of a busy server takes one', () => {
    const places = new LookUpPlaces();
    const waiting = Array.from({ length: 3_000 }, () => places.take(from('192.0.2.1'), 'one key'));
    expect([granted(waiting), places.unverified]).toEqual([3_000, 1]);
    for (const giveBack of waiting) giveBack?.();
    expect(places.unverified).toBe(0);
  });

  it('are free again when they are given back', () => {
    const places = new LookUpPlaces();
    const taken = takeAll(places, 5_000, from('192.0.2.1'));
    for (const giveBack of taken) giveBack?.();
    expect(granted(takeAll(places, 5_000, from('192.0.2.1')))).toBe(unverifiedLookUpsPerAddress);
  });
});
