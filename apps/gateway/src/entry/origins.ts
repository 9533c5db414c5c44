import type { FastifyRequest } from 'fastify';
import { type EnvironmentRecord, isLoopbackHost } from '@app/domain';

const isOnThisMachine = (hostname: string): boolean => isLoopbackHost(hostname) || hostname.endsWith('.localhost');

/**
 * Whether the host that the page calls also served the page. A name that an attacker points at us is not the host of any environment, so it
 * never gets here. An attacker on the network can forge a page without TLS: it counts only on this machine, or if the environment has no TLS either.
 */
const isOwnOrigin = (origin: string, { host, hostname }: FastifyRequest, authUrl: string): boolean => {
  const own = host.toLowerCase();
  return origin === `https://${own}` || (origin === `http://${own}` && (authUrl.startsWith('http:') || isOnThisMachine(hostname.toLowerCase())));
};

/** Requests without an origin come from servers, or from our own pages when they only read. */
export const isAllowedOrigin = (request: FastifyRequest, { settings }: EnvironmentRecord): boolean => {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return origin === settings.authUrl || settings.allowedOrigins.includes(origin) || isOwnOrigin(origin, request, settings.authUrl);
};
