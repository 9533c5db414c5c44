import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type EdgeEndpoint, type EdgeEndpointId, edgeEndpointOf } from '@app/http-api';

/** Which row of the table of the edge's endpoints a controller's method serves. */
export const EdgeEndpointMetadata = Reflector.createDecorator<EdgeEndpointId>();

export const edgeEndpointServedBy = (reflector: Reflector, context: ExecutionContext): EdgeEndpoint =>
  edgeEndpointOf(reflector.get(EdgeEndpointMetadata, context.getHandler()));
