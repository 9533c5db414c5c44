import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Endpoint, type EndpointId, endpointOf } from '@app/http-api';

/** Which row of the table of endpoints a controller's method serves. */
export const EndpointMetadata = Reflector.createDecorator<EndpointId>();

/** Null for a page that is no endpoint, such as the reference. */
export const servedEndpoint = (reflector: Reflector, context: ExecutionContext): Endpoint | null => {
  const id: EndpointId | undefined = reflector.get(EndpointMetadata, context.getHandler());
  return id === undefined ? null : endpointOf(id);
};

export const requireServedEndpoint = (reflector: Reflector, context: ExecutionContext): Endpoint => {
  const endpoint = servedEndpoint(reflector, context);
  if (endpoint === null) throw new Error(`${context.getHandler().name} serves no endpoint of the table.`);
  return endpoint;
};
