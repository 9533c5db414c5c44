import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerAddress } from './caller-address.js';
import type { PlatformLimit } from './limit.js';
import { isAllowedOrigin } from './origins.js';
import type { HostEnvironments } from './host-environments.js';

/**
 * The calls that pages of other origins make with a user's cookies. No other authenticated call has CORS headers: a page must not use a
 * backend key or an organization key.
 */
const FOR_PAGES = /^\/api\/(?:fe\/v3|v1\/org|v1\/refresh_token|v1\/logout|v1\/logout_all_sessions)(?:[/?]|$)/;

/** Public keys: for any page, with the same headers for all, because caches keep the response. Never with credentials. */
const FOR_ALL = /^\/\.well-known\/jwks\.json(?:[/?]|$)/;

type OptionsKnown = (error: Error | null, options?: FastifyCorsOptions) => void;

const NONE: FastifyCorsOptions = { origin: false };
const FOR_ORIGIN: FastifyCorsOptions = {
  origin: true,
  credentials: true,
  methods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowedHeaders: ['content-type', 'x-csrf-token', 'x-org-slug', 'authorization'],
  maxAge: 600,
};

const ANY_ORIGIN: FastifyCorsOptions = { origin: '*', credentials: false, methods: ['GET'], allowedHeaders: ['*'], maxAge: 600 };

const optionsFor = async (hosts: HostEnvironments, request: FastifyRequest): Promise<FastifyCorsOptions> => {
  // An OPTIONS request without Origin is not a preflight and gets no CORS headers.
  if (FOR_ALL.test(request.url)) return request.method === 'OPTIONS' && request.headers.origin === undefined ? NONE : ANY_ORIGIN;
  if (request.headers.origin === undefined || !FOR_PAGES.test(request.url)) return NONE;
  try {
    return isAllowedOrigin(request, await hosts.of(request)) ? FOR_ORIGIN : NONE;
  } catch {
    // The host is unknown, or cannot be looked up now. The call itself reports which.
    return NONE;
  }
};

/** A preflight is counted like any other call of its address, and before its host is looked up: pages send one before most calls, and caches keep the answer. */
const limitPreflights = (fastify: FastifyInstance, limit: PlatformLimit): void => {
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'OPTIONS' || request.headers.origin === undefined) return;
    const seconds = await limit.take(`address-${callerAddress(request).address}`);
    if (seconds !== null) await reply.code(429).header('retry-after', String(seconds)).send();
  });
};

export const registerCors = async (fastify: FastifyInstance, hosts: HostEnvironments, limit: PlatformLimit): Promise<void> => {
  limitPreflights(fastify, limit);
  const delegator = (request: FastifyRequest, done: OptionsKnown): void => {
    void optionsFor(hosts, request).then((options) => done(null, options));
  };
  await fastify.register(fastifyCors, { delegator });
};
