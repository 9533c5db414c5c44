import type { FastifyRequest } from 'fastify';
import { type EnvironmentRecord, isLoopbackHost } from '@app/domain';

const isOnThisMachine = (hostname: string): boolean => isLoopbackHost(hostname) || hostname.endsWith('.localhost');

/**
 * The page is served by the host that it calls. A name that an attacker points at us is not the host of an environment, so it never gets here.
 * One that came without TLS may come from an attacker on the network: it counts only if the environment itself has no TLS, or on this machine.
 */
const isOwnOrigin = (origin: string, { host, hostname }: FastifyRequest, authUrl: string): boolean => {
  const own = host.toLowerCase();
  return origin === `https://${own}` || (origin === `http://${own}` && (authUrl.startsWith('http:') || isOnThisMachine(hostname.toLowerCase())));
};

/** Requests without an origin are of servers, or of pages of our own that only read. */
export const isAllowedOrigin = (request: FastifyRequest, { settings }: EnvironmentRecord): boolean => {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return origin === settings.authUrl || settings.allowedOrigins.includes(origin) || isOwnOrigin(origin, request, settings.authUrl);
};
