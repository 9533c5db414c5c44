import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { gatewayFastifyOptions } from '@app/gateway';
import { BadSettings, type RawRoutes } from '@app/platform';

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

/** Where the server listens, as a person types it. */
export const addressOf = (server: Server): string => {
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return `http://${host === '0.0.0.0' || host === '[::]' ? '127.0.0.1' : host}:${port}`;
};

/** One sentence for the ways in which listening goes wrong. */
export const listeningProblem = (error: unknown, host: string, port: number): Error => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') return new BadSettings([`Port ${port} is in use. Stop what listens there, or set PORT to another.`]);
  if (code === 'EACCES') return new BadSettings([`Port ${port} needs more rights than this process has. Set PORT to one above 1023.`]);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new BadSettings([`This machine has no address "${host}". Set HOST to one that it has.`]);
  return error instanceof Error ? error : new Error(String(error));
};
