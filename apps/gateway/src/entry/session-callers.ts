import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type EnvironmentRecord, Refusal, tags } from '@app/domain';
import { newCommandId, RpcClient } from '@app/platform';
import { refreshTokenDigests } from '@app/tokens';
import { AccessTokenVerifier } from './access-token-verifier.js';
import type { SessionCaller } from './call.js';
import { FenceRecords } from './fence-records.js';
import { accessTokensOf, cookieOf, REFRESH_COOKIE } from './session-cookies.js';

/** Finds the session that authenticates a call. */
@Injectable()
export class SessionCallers {
  constructor(
    @Inject(AccessTokenVerifier) private readonly tokens: AccessTokenVerifier,
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(FenceRecords) private readonly records: FenceRecords,
  ) {}

  async of(request: FastifyRequest, environment: EnvironmentRecord, takesRefreshCookie: boolean): Promise<SessionCaller | null> {
    for (const token of accessTokensOf(request)) {
      const verified = await this.tokens.verify(environment, token);
      if (verified !== null) return verified;
    }
    return takesRefreshCookie ? this.#byRefreshCookie(request, environment) : null;
  }

  async #byRefreshCookie(request: FastifyRequest, { environmentId }: EnvironmentRecord): Promise<SessionCaller | null> {
    const presented = refreshTokenDigests(environmentId, cookieOf(request, REFRESH_COOKIE) ?? '');
    if (presented === null) return null;
    const origin = { requestId: request.id, commandId: newCommandId(), environmentId, actor: 'system' };
    try {
      const { userId } = await this.rpc.call('directory.fetch-session', presented, origin);
      const user = await this.records.byName(tags.user(userId));
      return user?.kind === 'user' ? { user, sessionId: presented.sessionId } : null;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SESSION_OVER') return null;
      throw error;
    }
  }
}
