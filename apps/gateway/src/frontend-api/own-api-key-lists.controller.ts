import { Controller, Inject } from '@nestjs/common';
import { ApiRefusal, OrgApiKeysQuery, PersonalApiKeysQuery, wireApiKey, wirePage } from '@app/http-api';
import { LIST_KEYS_DEFAULTS, type ListKeysData } from '@app/messages';
import { type KeyRecord, mayManageKeys, organizationKeysEnabled, Refusal } from '@app/domain';
import { RpcClient } from '@app/platform';
import { WireQuery } from '../http/wire-input.js';
import { type ApiCall, Call } from '../entry/call.js';
import { Serves } from '../entry/endpoint.js';
import { OwnOrganizations } from './own-organizations.js';

const ORDERS: Readonly<Record<PersonalApiKeysQuery['sort_by'], ListKeysData['orderBy']>> = {
  CreatedAtAsc: 'CREATED_AT_ASC',
  CreatedAtDesc: 'CREATED_AT_DESC',
  ExpiresAtAsc: 'EXPIRES_AT_ASC',
  ExpiresAtDesc: 'EXPIRES_AT_DESC',
};

/** Without the owner: the caller asked for the keys of one owner. */
const wireOwnKey = (key: KeyRecord) => {
  const { api_key_id, created_at, expires_at_seconds, metadata, display_name } = wireApiKey(key);
  return { api_key_id, created_at, expires_at_seconds, metadata, display_name };
};

@Controller()
export class OwnApiKeyListsController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(OwnOrganizations) private readonly organizations: OwnOrganizations,
  ) {}

  @Serves('list-personal-api-keys')
  listPersonal(@WireQuery(PersonalApiKeysQuery) query: PersonalApiKeysQuery, @Call() call: ApiCall) {
    if (!call.environment.settings.personalApiKeysEnabled) throw new Refusal('ACTION_DISABLED');
    return this.#page({ userId: call.session.user.userId, orgId: null, personalOnly: true }, query, call);
  }

  @Serves('list-org-api-keys')
  async listOrganizations(@WireQuery(OrgApiKeysQuery) query: OrgApiKeysQuery, @Call() call: ApiCall) {
    if (!organizationKeysEnabled(call.environment.settings)) throw new Refusal('ACTION_DISABLED');
    const own = await this.organizations.find(call.session.user, query.org_id);
    if (own === null) throw new ApiRefusal('ORG_NOT_FOUND');
    if (!mayManageKeys(own.membership)) throw new Refusal('FORBIDDEN');
    return this.#page({ userId: null, orgId: own.orgId, personalOnly: false }, query, call);
  }

  async #page(whose: Pick<ListKeysData, 'userId' | 'orgId' | 'personalOnly'>, query: PersonalApiKeysQuery, call: ApiCall) {
    const data = {
      ...LIST_KEYS_DEFAULTS,
      ...whose,
      keyIdPart: query.api_key_search,
      orderBy: ORDERS[query.sort_by],
      pageNumber: query.page_number,
      pageSize: query.page_size,
    };
    const { items, total } = await this.rpc.call('keys.list-keys', data, call.caller());
    return wirePage(
      'api_keys',
      items.map(({ key }) => wireOwnKey(key)),
      total,
      query,
    );
  }
}
