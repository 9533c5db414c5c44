import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type Endpoint, permits } from '@app/http-api';
import { Refusal } from '@app/domain';
import { jsonBodyOf } from '../http/json-body.js';
import { refuseMalformedIds } from '../http/path-ids.js';
import type { VerifiedBackendKey } from './backend-key-verifier.js';
import { endpointServedBy } from './endpoint.js';
import { requireVerifiedKey } from './verified-keys.js';

const requirePermission = ({ backendKey }: VerifiedBackendKey, { permission, deniedStatus }: Endpoint): void => {
  if (!permits(backendKey, permission)) throw new Refusal(deniedStatus === 401 ? 'UNAUTHORIZED' : 'FORBIDDEN');
};

const requireFieldPermissions = ({ backendKey }: VerifiedBackendKey, { fieldPermissions }: Endpoint, request: FastifyRequest): void => {
  const missing = Object.entries(fieldPermissions)
    .filter(([, permission]) => !permits(backendKey, permission))
    .map(([field]) => field);
  if (missing.length === 0) return;
  const body = jsonBodyOf(request);
  if (missing.some((field) => Object.hasOwn(body, field) && body[field] !== null)) throw new Refusal('FORBIDDEN');
};

const requireOrganizations = ({ environment }: VerifiedBackendKey, { needsOrganizations }: Endpoint): void => {
  if (needsOrganizations && !environment.settings.organizationsEnabled) throw new Refusal('ORGANIZATIONS_DISABLED');
};

/** 401, then 403, 426 and 404 for ids that cannot be; only after it does anything look at the fields of the request. */
@Injectable()
export class AuthorizeEndpoint implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const endpoint = endpointServedBy(this.reflector, context);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = requireVerifiedKey(request);
    requirePermission(key, endpoint);
    requireOrganizations(key, endpoint);
    refuseMalformedIds(request);
    requireFieldPermissions(key, endpoint, request);
    return true;
  }
}
