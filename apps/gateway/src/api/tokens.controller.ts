import { Controller, Headers, Inject } from '@nestjs/common';
import { AccessTokenBody, parseUuid } from '@app/contracts';
import { notFound, Refusal } from '@app/domain';
import { RpcClient } from '@app/platform';
import { Endpoint } from '../access/serves.js';
import { type BackendCall, Call } from './backend-call.js';
import { isTenantOf } from './tenant.js';
import { WireBody } from './wire-input.js';

@Controller()
export class TokensController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Endpoint('create-access-token')
  async createAccessToken(@WireBody(AccessTokenBody) body: AccessTokenBody, @Call() call: BackendCall) {
    const userId = parseUuid(body.user_id);
    if (userId === null) throw new Refusal('USER_NOT_FOUND');
    const data = { userId, durationMinutes: body.duration_in_minutes, activeOrgId: body.active_org_id?.toLowerCase() ?? null };
    const { accessToken } = await this.rpc.call('directory.create-access-token', data, call.caller());
    return { access_token: accessToken };
  }

  /** Fetched once by every client when it starts. The backend key says which environment; the header may only confirm it. */
  @Endpoint('token-verification-metadata')
  tokenVerificationMetadata(@Headers('x-propelauth-url') tenant: string | undefined, @Call() call: BackendCall) {
    const { settings, publicKeyPem } = call.environment;
    if (!isTenantOf(tenant, settings.authUrl)) throw notFound();
    return { verifier_key_pem: publicKeyPem, public_key_pem: publicKeyPem };
  }
}
