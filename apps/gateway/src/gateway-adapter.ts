import { isIP } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyServerFactory } from 'fastify';
import { BadSettings } from '@app/platform';
import { gatewayFastifyOptions } from './gateway-http.js';

const NETWORK_NAMES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

// The library reads a number as an address: `1`, which elsewhere means one proxy, would be 0.0.0.1, and no proxy would be trusted.
const isAddressOrNetwork = (proxy: string): boolean => NETWORK_NAMES.includes(proxy) || isIP(proxy.split('/', 1)[0] ?? '') !== 0;

/**
 * The HTTP adapter of every process that runs the gateway. `X-Forwarded-For` and `X-Forwarded-Host` count only on connections from trusted
 * proxies. Without trusted proxies the address of a call is that of the connection, so all calls through one proxy count as one caller's.
 * Throws BadSettings if an entry is neither an address nor a network. Without a factory Fastify creates the server itself.
 */
export const createGatewayAdapter = (trustedProxies: readonly string[], serverFactory?: FastifyServerFactory): FastifyAdapter => {
  const trust = trustedProxies.length === 0 ? {} : { trustProxy: [...trustedProxies] };
  const factory = serverFactory === undefined ? {} : { serverFactory };
  try {
    if (trustedProxies.every(isAddressOrNetwork)) return new FastifyAdapter({ ...gatewayFastifyOptions(), ...trust, ...factory });
  } catch (error) {
    // With our options, the library throws it only for a malformed network.
    if (!(error instanceof TypeError)) throw error;
  }
  throw new BadSettings(['TRUSTED_PROXIES must be addresses or networks, separated by commas, or loopback, linklocal, uniquelocal.']);
};
