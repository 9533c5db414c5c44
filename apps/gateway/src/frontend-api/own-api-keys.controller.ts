import { Controller, Inject } from '@nestjs/common';
import { CreateOwnApiKeyBody, RenameApiKeyBody } from '@app/http-api';
import { mayManageKeys, notFound, Refusal } from '@app/domain';
import { RpcClient } from '@app/platform';
import { issueNativeToken } from '@app/tokens';
import { DONE, textOrNull } from '../http/answers.js';
import { ApiKeyId, WireBody } from '../http/wire-input.js';
import { type ApiCall, Call } from '../entry/call.js';
import { Serves } from '../entry/endpoint.js';
import { holdsPersonalKeyRole } from './key-rights.js';
import { OwnOrganizations } from './own-organizations.js';

interface Owner {
  readonly userId: string | null;
  readonly orgId: string | null;
}

/** Keys that a user creates and revokes on pages of an application, with the user's own session. */
@Controller()
export class OwnApiKeysController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(OwnOrganizations) private readonly organizations: OwnOrganizations,
  ) {}

  @Serves('create-own-api-key')
  async create(@WireBody(CreateOwnApiKeyBody) body: CreateOwnApiKeyBody, @Call() call: ApiCall) {
    const {
      environment,
      session: { user },
    } = call;
    const owner = body.org_id === null ? await this.#personal(call) : await this.#organizations(body.org_id, call);
    const { token, ...issued } = issueNativeToken(environment.environmentId, environment.settings.backendTokenPrefix);
    const data = {
      ...issued,
      ...owner,
      origin: 'frontend' as const,
      imported: false,
      creatorId: user.userId,
      expiresAtMs: null,
      expirationOption: body.expiration_option,
      metadata: null,
      displayName: textOrNull(body.display_name),
    };
    await this.rpc.call('keys.issue-key', data, call.caller());
    return { api_key_id: issued.keyId, api_key_token: token };
  }

  @Serves('rename-own-api-key')
  async rename(@ApiKeyId() keyId: string, @WireBody(RenameApiKeyBody) body: RenameApiKeyBody, @Call() call: ApiCall) {
    await this.#requireOwn(keyId, call);
    if (body.display_name !== null) await this.rpc.call('keys.update-key', { keyId, displayName: textOrNull(body.display_name) }, call.caller());
    return DONE;
  }

  @Serves('delete-own-api-key')
  async delete(@ApiKeyId() keyId: string, @Call() call: ApiCall) {
    await this.#requireOwn(keyId, call);
    await this.rpc.call('keys.revoke-key', { keyId }, call.caller());
    return DONE;
  }

  async #personal({ environment, session: { user } }: ApiCall): Promise<Owner> {
    if (!holdsPersonalKeyRole(user, await this.organizations.idsOf(user), environment)) throw new Refusal('FORBIDDEN');
    return { userId: user.userId, orgId: null };
  }

  /** The key belongs to the organization alone. The user who creates it is only recorded as its creator. */
  async #organizations(text: string, { session: { user } }: ApiCall): Promise<Owner> {
    const own = await this.organizations.find(user, text);
    if (own === null || !mayManageKeys(own.membership)) throw new Refusal('FORBIDDEN');
    return { userId: null, orgId: own.orgId };
  }

  /** A key that the user may not see is a 404. A member without the right to manage the organization's keys gets a 403. */
  async #requireOwn(keyId: string, call: ApiCall): Promise<void> {
    const { user } = call.session;
    const { key, archived } = await this.rpc.call('keys.fetch-key', { keyId }, call.caller());
    if (archived) throw notFound();
    if (key.orgId === null) {
      if (key.userId !== user.userId) throw notFound();
      return;
    }
    const own = await this.organizations.find(user, key.orgId);
    if (own === null) throw notFound();
    if (!mayManageKeys(own.membership)) throw new Refusal('FORBIDDEN');
  }
}
