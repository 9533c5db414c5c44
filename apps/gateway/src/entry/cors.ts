import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerAddress } from './caller-address.js';
import type { PlatformLimit } from './limit.js';
import { isAllowedOrigin } from './origins.js';
import type { HostEnvironments } from './host-environments.js';

/** What pages of other origins call with a user's cookies. Nothing else with a caller has CORS headers: no page may use a backend or an organization key. */
const FOR_PAGES = /^\/api\/(?:fe\/v3|v1\/org|v1\/refresh_token|v1\/logout|v1\/logout_all_sessions)(?:[/?]|$)/;

/** Public keys: for any page, and the same for all, because caches keep it. Never with credentials. */
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
  // No preflight: its answer says nothing.
  if (FOR_ALL.test(request.url)) return request.method === 'OPTIONS' && request.headers.origin === undefined ? NONE : ANY_ORIGIN;
  if (request.headers.origin === undefined || !FOR_PAGES.test(request.url)) return NONE;
  try {
    return isAllowedOrigin(request, await hosts.of(request)) ? FOR_ORIGIN : NONE;
  } catch {
    // Unknown, or not to be known now: the call itself says which.
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
