import { applyDecorators, HttpCode, RequestMapping, RequestMethod, UseGuards } from '@nestjs/common';
import { type EdgeEndpointId, edgeEndpointOf } from '@app/http-api';
import { AddressLimitGuard } from './address-limit.js';
import { EdgeEndpointMetadata } from './edge-endpoint.js';
import { IdentifyEdgeCaller } from './identify-edge-caller.js';
import { PublicLimitGuard } from './public-limit.js';
import { RequireEdgeCaller } from './require-edge-caller.js';

const nestPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** The method answers this row of the table of the edge's endpoints: route, status and guards come from there. */
export const ServesEdge = (id: EdgeEndpointId): MethodDecorator => {
  const { path, method, status } = edgeEndpointOf(id);
  return applyDecorators(
    EdgeEndpointMetadata(id),
    RequestMapping({ path: nestPath(path), method: RequestMethod[method] }),
    HttpCode(status),
    UseGuards(IdentifyEdgeCaller, AddressLimitGuard, PublicLimitGuard, RequireEdgeCaller),
  );
};
