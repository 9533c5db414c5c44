import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { API_RULES, ApiRefusal, type BackendEndpoint, type Endpoint, type HostEndpoint, permits } from '@app/http-api';
import { mustConfirmEmail, Refusal, refuseWithoutOrganizations } from '@app/domain';
import { jsonBodyOf } from '../http/json-body.js';
import { refuseMalformedIds } from '../http/wire-input.js';
import { type IdentifiedCaller, requireIdentifiedCall } from './call.js';
import { OrganizationKeys } from './organization-keys.js';
import { isAllowedOrigin } from './origins.js';

/** The constant that the official client sends. */
const CSRF_HEADER = '-.-';

const refuseForeignPage = (request: FastifyRequest, { api, credential, hasPublicCors }: Endpoint, { environment }: IdentifiedCaller): void => {
  if (credential === 'backend-key' || credential === 'organization-key' || hasPublicCors) return;
  if (!isAllowedOrigin(request, environment)) throw new ApiRefusal('FOREIGN_REQUEST');
  if (API_RULES[api].needsCsrfHeader && request.headers['x-csrf-token'] !== CSRF_HEADER) throw new ApiRefusal('FOREIGN_REQUEST');
};

const requirePermission = ({ backendKey }: IdentifiedCaller, { permission, deniedStatus }: BackendEndpoint): void => {
  if (backendKey === null) throw new ApiRefusal('UNAUTHORIZED');
  if (permits(backendKey, permission)) return;
  throw deniedStatus === 401 ? new ApiRefusal('UNAUTHORIZED') : new Refusal('FORBIDDEN');
};

const requireCredential = ({ environment, session, organizationKey }: IdentifiedCaller, { credential }: HostEndpoint): void => {
  if (credential === 'organization-key' && organizationKey === null) throw new ApiRefusal('UNAUTHORIZED');
  if (credential !== 'session') return;
  if (session === null) throw new Refusal('SESSION_OVER');
  if (mustConfirmEmail(session.user, environment.settings)) throw new Refusal('EMAIL_NOT_CONFIRMED');
};

const requireFieldPermissions = ({ backendKey }: IdentifiedCaller, { fieldPermissions }: BackendEndpoint, request: FastifyRequest): void => {
  const missing = Object.entries(fieldPermissions)
    .filter(([, permission]) => backendKey === null || !permits(backendKey, permission))
    .map(([field]) => field);
  if (missing.length === 0) return;
  const body = jsonBodyOf(request);
  if (missing.some((field) => Object.hasOwn(body, field) && body[field] !== null)) throw new Refusal('FORBIDDEN');
};

/** 403 for foreign pages, then 401, 403, 426, and 404 for malformed ids. Only after this guard does anything read the fields of the request. */
@Injectable()
export class Authorize implements CanActivate {
  constructor(@Inject(OrganizationKeys) private readonly organizationKeys: OrganizationKeys) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { endpoint, caller } = requireIdentifiedCall(request);
    // Without an environment the call is a 401, whatever else is wrong with the request.
    if (caller === null) throw new ApiRefusal('UNAUTHORIZED');
    refuseForeignPage(request, endpoint, caller);
    if (endpoint.api === 'backend') requirePermission(caller, endpoint);
    else requireCredential(caller, endpoint);
    if (endpoint.needsOrganizations) refuseWithoutOrganizations(caller.environment);
    if (caller.organizationKey !== null) this.organizationKeys.countUse(caller.organizationKey);
    refuseMalformedIds(request);
    if (endpoint.api === 'backend') requireFieldPermissions(caller, endpoint, request);
    return true;
  }
}
