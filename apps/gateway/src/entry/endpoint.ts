import { applyDecorators, HttpCode, RequestMapping, RequestMethod, UseGuards } from '@nestjs/common';
import { type EndpointId, type EndpointMethod, endpointOf } from '@app/http-api';
import { Authorize } from './authorize.js';
import { EndpointMetadata, Identify } from './identify.js';
import { LimitGuard } from './limit.js';

const nestPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/**
 * The method serves this row of the table of endpoints: route, status and guards come from there. The caller is identified first, so that
 * limits count per caller; then the limits; and only after them the caller is turned away or let in.
 * A row with twin methods needs one method of the controller for each: `method` says which.
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
