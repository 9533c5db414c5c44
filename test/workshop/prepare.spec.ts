import { describe, expect, it } from 'vitest';
import { partToInstall } from '../../scripts/prepare.mjs';

const FRESH = { lockHash: 'now', productStamp: null, allStamp: null, hasTestPackages: false };

describe('what is installed', () => {
  it('on a fresh clone is the product for a start, and all for the tests', () => {
    expect([partToInstall({ ...FRESH, needed: 'product' }), partToInstall({ ...FRESH, needed: 'all' })]).toEqual(['product', 'all']);
  });

  it('is nothing when the needed part is there', () => {
    expect(partToInstall({ ...FRESH, needed: 'product', productStamp: 'now' })).toBeNull();
    expect(partToInstall({ ...FRESH, needed: 'all', allStamp: 'now' })).toBeNull();
  });

  it('is nothing for a start where all is there, because all contains the product', () => {
    expect(partToInstall({ ...FRESH, needed: 'product', allStamp: 'now' })).toBeNull();
  });

  it('is all for the tests where only the product is there', () => {
    expect(partToInstall({ ...FRESH, needed: 'all', productStamp: 'now' })).toBe('all');
  });

  it('never loses the packages of the tests to a start, stamped or installed by hand', () => {
    expect(partToInstall({ ...FRESH, needed: 'product', productStamp: 'before', allStamp: 'before' })).toBe('all');
    expect(partToInstall({ ...FRESH, needed: 'product', hasTestPackages: true })).toBe('all');
  });
});
