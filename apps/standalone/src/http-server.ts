import { createServer, type RequestListener, type Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { gatewayFastifyOptions } from '@app/gateway';
import type { RawRoutes } from '@app/platform';

/** The HTTP adapter whose server answers the raw routes itself and hands everything else to Fastify. */
export const createHttpAdapter = (routes: RawRoutes): FastifyAdapter => {
  const options = gatewayFastifyOptions();
  const timeouts = { requestTimeout: options.requestTimeout, headersTimeout: 10_000, keepAliveTimeout: 60_000 };
  const serverFactory = (toFastify: RequestListener): Server =>
    createServer(timeouts, (request, response) => {
      const raw = routes.find(request.method, request.url);
      if (raw === undefined) toFastify(request, response);
      else raw(request, response);
    });
  return new FastifyAdapter({ ...options, serverFactory });
};
