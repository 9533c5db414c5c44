import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { describe, expect, it } from 'vitest';
import { BACKEND_ENDPOINTS, type EndpointId, HOST_ENDPOINTS } from '@app/http-api';
import { GatewayModule } from '@app/gateway';
import { RawRoutes } from '@app/platform';
import { EndpointMetadata } from '@app/gateway/entry/identify.js';
import { REFERENCE_PATHS } from '@app/gateway/reference/reference.controller.js';
import { ValidateRoute } from '@app/validation/validate.route.js';

interface Handler {
  readonly where: string;
  readonly endpointId: EndpointId | undefined;
  readonly method: string;
  readonly paths: readonly string[];
}

type ControllerClass = new (...args: never[]) => object;

/** Every method of the gateway's controllers that Nest would make a route of. */
const handlersOf = (controller: ControllerClass): readonly Handler[] =>
  Object.entries(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(([name, { value }]): Handler[] => {
    if (name === 'constructor' || typeof value !== 'function' || Reflect.getMetadata(PATH_METADATA, value) === undefined) return [];
    const paths = Reflect.getMetadata(PATH_METADATA, value) as string | string[];
    return [
      {
        where: `${controller.name}.${name}`,
        endpointId: Reflect.getMetadata(EndpointMetadata.KEY, value) as EndpointId | undefined,
        method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, value) as RequestMethod],
        paths: [paths].flat(),
      },
    ];
  });

const controllers = Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, GatewayModule) as readonly ControllerClass[];
const handlers = controllers.flatMap(handlersOf);

const rawPaths = (): readonly string[] => {
  const paths: string[] = [];
  class NotingRoutes extends RawRoutes {
    override set(path: string, ...rest: [Parameters<RawRoutes['set']>[1]]): void {
      paths.push(path);
      super.set(path, ...rest);
    }
  }
  const route = new ValidateRoute(...([] as unknown as ConstructorParameters<typeof ValidateRoute>));
  route.mount(new NotingRoutes());
  return paths;
};

describe('the endpoints of the backend API', () => {
  it.each(
    BACKEND_ENDPOINTS.filter(({ servedBy }) => servedBy === 'gateway').flatMap((endpoint) =>
      endpoint.methods.map((method) => [`${method} ${endpoint.id}`, endpoint, method] as const),
    ),
  )('%s has exactly one handler', (_name, endpoint, method) => {
    const serving = handlers.filter((handler) => handler.endpointId === endpoint.id && handler.method === method);
    expect(serving.map(({ paths }) => paths)).toEqual([endpoint.paths.map((path) => path.replace(/\{(\w+)\}/g, ':$1'))]);
  });

  it('the gateway has no route beside them and those of the edge but what tells of them, which only reads', () => {
    const known = new Set<string | undefined>([...BACKEND_ENDPOINTS.filter(({ servedBy }) => servedBy === 'gateway'), ...HOST_ENDPOINTS].map(({ id }) => id));
    const others = handlers.filter(({ endpointId }) => !known.has(endpointId));
    expect(others.map(({ method, paths }) => [method, ...paths])).toEqual(REFERENCE_PATHS.map((path) => ['GET', path]));
    expect(handlers.length).toBeGreaterThan(30);
  });

  it('the validate calls have the raw routes, with and without a slash, and there are no other raw routes', () => {
    const expected = BACKEND_ENDPOINTS.filter(({ servedBy }) => servedBy === 'validation').flatMap(({ paths }) => paths.flatMap((path) => [path, `${path}/`]));
    expect(rawPaths().toSorted()).toEqual(expected.toSorted());
    expect(BACKEND_ENDPOINTS.filter(({ servedBy }) => servedBy === 'validation').every(({ methods }) => methods.join() === 'POST')).toBe(true);
  });

  it('every path is served under one id only', () => {
    const routes = BACKEND_ENDPOINTS.flatMap(({ methods, paths }) => methods.flatMap((method) => paths.map((path) => `${method} ${path}`)));
    expect(new Set(routes).size).toBe(routes.length);
  });
});

describe('the endpoints of the organization API, the frontend API and sessions', () => {
  it.each(HOST_ENDPOINTS.map((endpoint) => [`${endpoint.methods[0]} ${endpoint.id}`, endpoint] as const))(
    '%s has exactly one handler',
    (_name, { id, methods: [method], paths: [path] }) => {
      const serving = handlers.filter(({ endpointId }) => endpointId === id);
      expect(serving.map((handler) => [handler.method, ...handler.paths])).toEqual([[method, path.replace(/\{(\w+)\}/g, ':$1')]]);
    },
  );

  it('no path is one of the backend API, too', () => {
    const routes = [
      ...BACKEND_ENDPOINTS.flatMap(({ methods, paths }) => methods.flatMap((method) => paths.map((path) => `${method} ${path}`))),
      ...HOST_ENDPOINTS.map(({ methods: [method], paths: [path] }) => `${method} ${path}`),
    ];
    expect(new Set(routes).size).toBe(routes.length);
  });
});
