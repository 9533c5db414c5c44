import type { Metrics } from '@app/platform';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A route as the reference writes it. Requests without a route share one value, so that a caller cannot create new ones. */
const routeOf = ({ routeOptions, method }: FastifyRequest): string =>
  routeOptions.url === undefined ? 'none' : `${method} ${routeOptions.url.replace(/:(\w+)/g, '{$1}')}`;

export const countRequests = (fastify: FastifyInstance, metrics: Metrics): void => {
  const count = metrics.occurrences(
    'keyfence_http_requests_total',
    'Requests to the gateway by route and class of status. Validations are counted separately.',
    ['route', 'status'],
  );
  fastify.addHook('onResponse', (request, reply, done) => {
    count(routeOf(request), `${Math.floor(reply.statusCode / 100)}xx`);
    done();
  });
};
