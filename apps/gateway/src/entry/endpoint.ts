import { applyDecorators, HttpCode, RequestMapping, RequestMethod, UseGuards } from '@nestjs/common';
import { type EndpointId, type EndpointMethod, endpointOf } from '@app/http-api';
import { Authorize } from './authorize.js';
import { EndpointMetadata, Identify } from './identify.js';
import { LimitGuard } from './limit.js';

const nestPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/**
 * The method serves this row of the table of endpoints, which has its route, status and guards. The first guard identifies the caller, the
 * second counts the call against that caller's limits, and only the third authorizes it.
 * A row with two HTTP methods needs one controller method for each: `method` names it.
 */
export const Serves = (id: EndpointId, method?: EndpointMethod): MethodDecorator => {
  const { methods, paths, status } = endpointOf(id);
  const served = method ?? methods[0];
  if (!methods.includes(served)) throw new Error(`${id} has no ${served}.`);
  return applyDecorators(
    EndpointMetadata(id),
    RequestMapping({ path: paths.map(nestPath), method: RequestMethod[served] }),
    HttpCode(status),
    UseGuards(Identify, LimitGuard, Authorize),
  );
};
