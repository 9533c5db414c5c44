import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { EdgeEndpoint } from '@app/http-api';
import { mustConfirmEmail, Refusal } from '@app/domain';
import { refuseMalformedIds } from '../http/path-ids.js';
import { type EdgeCaller, callerOf } from './edge-callers.js';
import { edgeEndpointServedBy } from './edge-endpoint.js';
import { OrganizationKeys } from './organization-keys.js';
import { isAllowedOrigin } from './origins.js';

/** The constant that the official client sends; a form of another site cannot send a header at all. */
const CSRF_HEADER = '-.-';

const refuseForeign = (request: FastifyRequest, { api, opener, isForAnyPage }: EdgeEndpoint, { environment }: EdgeCaller): void => {
  if (opener === 'organization-key' || isForAnyPage) return;
  if (!isAllowedOrigin(request, environment)) throw new Refusal('FOREIGN_REQUEST');
  if (api === 'frontend' && request.headers['x-csrf-token'] !== CSRF_HEADER) throw new Refusal('FOREIGN_REQUEST');
};

const requireOpener = ({ opener }: EdgeEndpoint, { environment, session, organization }: EdgeCaller): void => {
  if (opener === 'organization-key' && organization === null) throw new Refusal('UNAUTHORIZED');
  if (opener !== 'session') return;
  if (session === null) throw new Refusal('SESSION_OVER');
  if (mustConfirmEmail(session.user, environment.settings)) throw new Refusal('EMAIL_NOT_CONFIRMED');
};

const requireOrganizations = ({ api }: EdgeEndpoint, { environment }: EdgeCaller): void => {
  if (api === 'organization' && !environment.settings.organizationsEnabled) throw new Refusal('ORGANIZATIONS_DISABLED');
};

/** 403 for foreign pages, then 401, 426, and 404 for ids that cannot be; only after it does anything look at the fields of the request. */
@Injectable()
export class RequireEdgeCaller implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(OrganizationKeys) private readonly keys: OrganizationKeys,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const endpoint = edgeEndpointServedBy(this.reflector, context);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = callerOf(request);
    if (caller === null) throw new Error('Nobody has asked who calls.');
    refuseForeign(request, endpoint, caller);
    requireOpener(endpoint, caller);
    requireOrganizations(endpoint, caller);
    if (caller.organization !== null) this.keys.countUse(caller.organization);
    refuseMalformedIds(request);
    return true;
  }
}
