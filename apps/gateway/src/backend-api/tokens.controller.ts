import { Controller, Headers, Inject } from '@nestjs/common';
import { AccessTokenBody, parseUuid, RefreshQuery, RefreshTokenBody } from '@app/http-api';
import { notFound, Refusal } from '@app/domain';
import { RpcClient } from '@app/platform';
import { Serves } from '../entry/endpoint.js';
import { RefreshSessions, wireSession } from '../sessions/refresh-sessions.js';
import { DONE } from '../http/answers.js';
import { type ApiCall, Call } from '../entry/call.js';
import { isTenantOf } from './tenant.js';
import { WireBody, WireQuery } from '../http/wire-input.js';

@Controller()
export class TokensController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(RefreshSessions) private readonly sessions: RefreshSessions,
  ) {}

  @Serves('create-access-token')
  async createAccessToken(@WireBody(AccessTokenBody) body: AccessTokenBody, @Call() call: ApiCall) {
    const userId = parseUuid(body.user_id);
    if (userId === null) throw new Refusal('USER_NOT_FOUND');
    const data = { userId, durationMinutes: body.duration_in_minutes, activeOrgId: body.active_org_id?.toLowerCase() ?? null };
    const { accessToken } = await this.rpc.call('directory.create-access-token', data, call.caller());
    return { access_token: accessToken };
  }

  /** Every client fetches this once when it starts. The backend key selects the environment; the header can only confirm it. */
  @Serves('token-verification-metadata')
  tokenVerificationMetadata(@Headers('x-propelauth-url') tenant: string | undefined, @Call() call: ApiCall) {
    const { settings, publicKeyPem } = call.environment;
    if (!isTenantOf(tenant, settings.authUrl)) throw notFound();
    return { verifier_key_pem: publicKeyPem, public_key_pem: publicKeyPem };
  }

  /** For servers that keep the tokens of their end users. A session that has ended is a 400, because 401 is about the backend key. */
  @Serves('refresh-session-by-backend')
  async refreshSession(@WireBody(RefreshTokenBody) body: RefreshTokenBody, @WireQuery(RefreshQuery) query: RefreshQuery, @Call() call: ApiCall) {
    const { session, refreshToken } = await this.sessions.refresh(body.refresh_token, { query, mayRepeat: true }, call.caller());
    return { refresh_token: refreshToken, access_token: wireSession(session) };
  }

  @Serves('log-out-by-backend')
  async logOut(@WireBody(RefreshTokenBody) body: RefreshTokenBody, @Call() call: ApiCall) {
    await this.sessions.end(body.refresh_token, call.caller());
    return DONE;
  }
}
