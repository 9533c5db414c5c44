import type { FastifyRequest } from 'fastify';
import type { EnvironmentRecord } from '@app/domain';

/** The page is served by the host that it calls. A name that an attacker points at us is no environment's host, so it never gets here. */
const isOwnOrigin = (origin: string, { host }: FastifyRequest): boolean => URL.canParse(origin) && new URL(origin).host === host.toLowerCase();

/** Requests without an origin are of servers, or of pages of our own that only read. */
export const isAllowedOrigin = (request: FastifyRequest, { settings }: EnvironmentRecord): boolean => {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return origin === settings.authUrl || settings.allowedOrigins.includes(origin) || isOwnOrigin(origin, request);
};
