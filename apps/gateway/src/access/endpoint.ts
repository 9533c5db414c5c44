import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Endpoint, type EndpointId, endpointOf } from '@app/http-api';

/** Which row of the endpoints' table a controller's method serves. */
export const EndpointMetadata = Reflector.createDecorator<EndpointId>();

export const endpointServedBy = (reflector: Reflector, context: ExecutionContext): Endpoint =>
  endpointOf(reflector.get(EndpointMetadata, context.getHandler()));
