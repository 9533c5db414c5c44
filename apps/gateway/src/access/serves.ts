import { applyDecorators, HttpCode, RequestMapping, RequestMethod, UseGuards } from '@nestjs/common';
import { type EndpointId, type EndpointMethod, endpointOf } from '@app/http-api';
import { AuthorizeEndpoint } from './authorize-endpoint.js';
import { EndpointMetadata } from './endpoint.js';
import { IdentifyBackendKey } from './identify-backend-key.js';
import { PlatformLimitGuard } from './platform-limit.js';

const nestPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/**
 * The method answers this row of the endpoints' table: route, status 200 (Go takes nothing else) and guards come from there.
 * A row with twin methods needs one method of the controller for each: `method` says which.
 */
export const Endpoint = (id: EndpointId, method?: EndpointMethod): MethodDecorator => {
  const endpoint = endpointOf(id);
  const served = method ?? endpoint.methods[0];
  if (served === undefined || !endpoint.methods.includes(served)) throw new Error(`${id} has no ${served ?? 'method'}.`);
  return applyDecorators(
    EndpointMetadata(id),
    RequestMapping({ path: endpoint.paths.map(nestPath), method: RequestMethod[served] }),
    HttpCode(200),
    UseGuards(IdentifyBackendKey, PlatformLimitGuard, AuthorizeEndpoint),
  );
};
