import { describe, expect, it } from 'vitest';
import { callerAddress } from './caller-address.js';

const PEER = '203.0.113.9';
const of = (ip: string, remoteAddress = PEER) => callerAddress({ ip, socket: { remoteAddress } as never });

describe('the address that a caller is counted under', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:4711', '192.0.2.1'],
  ])('of %s is the IPv4 address', (text, address) => {
    expect(of(text)).toEqual({ address, site: null });
  });

  it.each([
    '2001:db8:0:1::1',
    '2001:DB8:0:1:ffff:ffff:ffff:ffff',
    '2001:db8::1:0:0:0:7',
    '[2001:db8:0:1::1]:443',
    '[2001:db8:0:1::1]',
    '2001:db8:0:1::1%eth0',
    '2001:0db8:0000:0001:0:0:0:2',
  ])('of %s is its /64, beside its /48', (text) => {
    expect(of(text)).toEqual({ address: '2001:db8:0:1::/64', site: '2001:db8:0::/48' });
  });

  it('differs between two networks of 64 bits', () => {
    expect(of('2001:db8:0:2::1').address).not.toBe(of('2001:db8:0:1::1').address);
  });

  it.each(['', 'unknown', 'not an address', '192.0.2.256', '192.0.2.1, 198.51.100.1', '2001:db8::1::2', '[2001:db8::1', "'; DROP TABLE", 'a'.repeat(10_000)])(
    'of %s, which is not an address, is the one of the connection',
    (text) => {
      expect(of(text)).toEqual({ address: PEER, site: null });
    },
  );

  it('of a connection that is gone already is one name for all of them', () => {
    expect(of('unknown', '')).toEqual({ address: 'unknown', site: null });
  });
});
