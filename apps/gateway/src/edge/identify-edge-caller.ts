import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { EdgeEndpoint } from '@app/http-api';
import { type EnvironmentRecord, Refusal, tags } from '@app/domain';
import { FenceNode } from '@app/fence';
import { newCommandId, RpcClient } from '@app/platform';
import { refreshTokenDigests } from '@app/tokens';
import { accessTokensOf, cookieOf, REFRESH_COOKIE } from '../sessions/session-cookies.js';
import { AccessTokenVerifier } from '../sessions/access-token-verifier.js';
import { edgeEndpointServedBy } from './edge-endpoint.js';
import { type EdgeCaller, type OrganizationCaller, rememberCaller, type SessionCaller } from './edge-callers.js';
import { HostEnvironments } from './host-environments.js';
import { OrganizationKeys } from './organization-keys.js';
import { recordFrom } from './record-from.js';

/** Finds out who calls and lets everybody pass: limits that follow count per caller, the guard after them turns strangers away. */
@Injectable()
export class IdentifyEdgeCaller implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(HostEnvironments) private readonly hosts: HostEnvironments,
    @Inject(AccessTokenVerifier) private readonly tokens: AccessTokenVerifier,
    @Inject(OrganizationKeys) private readonly keys: OrganizationKeys,
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(FenceNode) private readonly node: FenceNode,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const endpoint = edgeEndpointServedBy(this.reflector, context);
    rememberCaller(request, await this.#callerOf(request, endpoint, await this.hosts.of(request)));
    return true;
  }

  async #callerOf(request: FastifyRequest, { api, opener }: EdgeEndpoint, environment: EnvironmentRecord): Promise<EdgeCaller> {
    const organization: OrganizationCaller | null = opener === 'organization-key' ? await this.keys.of(request, environment) : null;
    const asks = opener === 'session' || api === 'frontend';
    const session = asks ? await this.#sessionOf(request, environment, api === 'frontend') : null;
    return { environment, session, organization };
  }

  async #sessionOf(request: FastifyRequest, environment: EnvironmentRecord, takesRefreshToken: boolean): Promise<SessionCaller | null> {
    for (const token of accessTokensOf(request)) {
      const verified = await this.tokens.verify(environment, token);
      if (verified !== null) return verified;
    }
    return takesRefreshToken ? this.#byRefreshToken(request, environment) : null;
  }

  /** Servers of frameworks forward nothing but this cookie, and a browser has it longer than the other. */
  async #byRefreshToken(request: FastifyRequest, { environmentId }: EnvironmentRecord): Promise<SessionCaller | null> {
    const shown = refreshTokenDigests(environmentId, cookieOf(request, REFRESH_COOKIE) ?? '');
    if (shown === null) return null;
    try {
      const { userId } = await this.rpc.call('directory.fetch-session', shown, {
        requestId: request.id,
        commandId: newCommandId(),
        environmentId,
        actor: 'system',
      });
      const user = await recordFrom(this.node, tags.user(userId));
      return user?.kind === 'user' ? { user, sessionId: shown.sessionId } : null;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SESSION_OVER') return null;
      throw error;
    }
  }
}
