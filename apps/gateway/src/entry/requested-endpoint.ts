import type { FastifyRequest } from 'fastify';
import { type Endpoint, ENDPOINTS } from '@app/http-api';

const routeOf = (method: string, path: string): string => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`;

const BY_ROUTE = new Map<string, Endpoint>(
  ENDPOINTS.flatMap((endpoint) => endpoint.methods.flatMap((method) => endpoint.paths.map((path) => [routeOf(method, path), endpoint] as const))),
);

/** The row of the table of endpoints that a request is for. Undefined without a route. For code that does not know the handler, such as error responses. */
export const requestedEndpoint = ({ method, routeOptions }: FastifyRequest): Endpoint | undefined => BY_ROUTE.get(routeOf(method, routeOptions.url ?? ''));
