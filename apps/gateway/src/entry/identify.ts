import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { API_RULES, type ApiRules, type Endpoint, type EndpointId, endpointOf } from '@app/http-api';
import { bearerToken, hasValidChecksum, tokenDigest } from '@app/tokens';
import { type IdentifiedCaller, rememberCall } from './call.js';
import { HostEnvironments } from './host-environments.js';
import { OrganizationKeys } from './organization-keys.js';
import { SessionCallers } from './session-callers.js';
import { UnverifiedLookUps } from './fence-records.js';

/** Which row of the table of endpoints a controller's method serves. */
export const EndpointMetadata = Reflector.createDecorator<EndpointId>();

/** The digest of a token that may be a backend key. Null if it cannot be one, so that it needs no lookup. */
const presentedDigest = ({ headers }: FastifyRequest): string | null => {
  const token = bearerToken(headers.authorization);
  return token !== null && hasValidChecksum(token) ? tokenDigest('backend', token) : null;
};

/** Identifies the caller and lets every call pass: the limits that follow count per caller, and the guard after them refuses. */
@Injectable()
export class Identify implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(UnverifiedLookUps) private readonly lookUps: UnverifiedLookUps,
    @Inject(HostEnvironments) private readonly hosts: HostEnvironments,
    @Inject(SessionCallers) private readonly sessions: SessionCallers,
    @Inject(OrganizationKeys) private readonly organizationKeys: OrganizationKeys,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const endpoint = endpointOf(this.reflector.get(EndpointMetadata, context.getHandler()));
    const rules = API_RULES[endpoint.api];
    const caller = rules.environmentBy === 'backend-key' ? await this.#byBackendKey(request) : await this.#byHost(request, endpoint, rules);
    rememberCall(request, { endpoint, caller });
    return true;
  }

  async #byBackendKey(request: FastifyRequest): Promise<IdentifiedCaller | null> {
    const digest = presentedDigest(request);
    const resolved = digest === null ? null : await this.lookUps.byDigest(request, digest);
    if (resolved?.kind !== 'backendkey' || resolved.records.backendKey.revoked) return null;
    return { ...resolved.records, session: null, organizationKey: null };
  }

  async #byHost(request: FastifyRequest, { credential }: Endpoint, { takesRefreshCookie }: ApiRules): Promise<IdentifiedCaller> {
    const environment = await this.hosts.of(request);
    const organizationKey = credential === 'organization-key' ? await this.organizationKeys.of(request, environment) : null;
    const asksForSession = credential === 'session' || takesRefreshCookie;
    const session = asksForSession ? await this.sessions.of(request, environment, takesRefreshCookie) : null;
    return { environment, backendKey: null, session, organizationKey };
  }
}
