import { createServer, type RequestListener, type Server } from 'node:http';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { createGatewayAdapter, gatewayFastifyOptions } from '@app/gateway';
import type { RawRoutes } from '@app/platform';

/**
 * The HTTP adapter whose server handles the raw routes itself and hands everything else to Fastify. Throws with a sentence if a trusted proxy is neither
 * an address nor a network. Raw routes look at neither the address nor the host of a call: trusted proxies make no difference to them.
 */
export const createHttpAdapter = (routes: RawRoutes, trustedProxies: readonly string[]): FastifyAdapter => {
  // Fastify sets none on a server that it did not make.
  const { requestTimeout, keepAliveTimeout } = gatewayFastifyOptions();
  const timeouts = { requestTimeout, headersTimeout: 10_000, keepAliveTimeout };
  const serverFactory = (toFastify: RequestListener): Server =>
    createServer(timeouts, (request, response) => {
      const raw = routes.find(request.method, request.url);
      if (raw === undefined) toFastify(request, response);
      else raw(request, response);
    });
  return createGatewayAdapter(trustedProxies, serverFactory);
};
