import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** `::ffff:192.0.2.1` is the IPv4 address that it ends with. */
const MAPPED_IPV4 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const IN_BRACKETS = /^\[(.+)\](?::\d+)?$/;
const IPV4_WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/;

/** The first groups of an IPv6 address, canonical and without a zone: the URL parser writes it as RFC 5952 says. */
const groupsOf = (address: string): readonly string[] => {
  const [bare = ''] = address.split('%');
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
};

const network = (address: string, groups: 3 | 4): string => `${groupsOf(address).slice(0, groups).join(':')}::/${groups * 16}`;

/** Without the port that some gateways send, and IPv4 where it is mapped. Null if the text is not an address. */
const bareAddress = (text: string): string | null => {
  const unbracketed = IN_BRACKETS.exec(text)?.[1] ?? IPV4_WITH_PORT.exec(text)?.[1] ?? text;
  const bare = MAPPED_IPV4.exec(unbracketed)?.[1] ?? unbracketed;
  return isIP(bare) === 0 ? null : bare;
};

/** Whom a counter counts: an IPv4 address, or the /64 of an IPv6 address, of which one connection has 2^64. */
export const countedAddress = (text: string): string | null => {
  const bare = bareAddress(text);
  if (bare === null) return null;
  return isIP(bare) === 6 ? network(bare, 4) : bare;
};

/** The wider count of an IPv6 address, its /48, because a site has 2^16 networks of 64 bits; null for IPv4. */
export const countedSite = (text: string): string | null => {
  const bare = bareAddress(text);
  return bare !== null && isIP(bare) === 6 ? network(bare, 3) : null;
};

/** Under which names a caller is counted. */
export interface CallerAddress {
  /** An IPv4 address, or a /64. */
  readonly address: string;
  /** The /48 around it; null for IPv4. */
  readonly site: string | null;
}

/**
 * Whose address a request is counted under: the one that the trusted proxies report, or the connection's own where that text is not an
 * address. Every counter by address uses this, so that another spelling is not another caller.
 */
export const callerAddress = ({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): CallerAddress => {
  const text = countedAddress(ip) === null ? (socket.remoteAddress ?? '') : ip;
  return { address: countedAddress(text) ?? 'unknown', site: countedSite(text) };
};
