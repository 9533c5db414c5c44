import { Controller, Inject } from '@nestjs/common';
import { ApiKeysQuery, parseKeyId, parseUuid, UsageQuery, wireApiKey, wirePage } from '@app/http-api';
import { LIST_KEYS_DEFAULTS } from '@app/messages';
import { Refusal } from '@app/domain';
import { RpcClient } from '@app/platform';
import { Serves } from '../entry/endpoint.js';
import { type ApiCall, Call } from '../entry/call.js';
import { ApiKeyId, WireQuery } from '../http/wire-input.js';

/** Null if the text is malformed, so that nothing matches. Undefined if the request has no filter. */
type Filter = string | null | undefined;
const filterOf = (text: string | null, parse: (text: string) => string | null): Filter => (text === null ? undefined : parse(text));

@Controller()
export class ApiKeyQueriesController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Serves('list-api-keys')
  list(@WireQuery(ApiKeysQuery) query: ApiKeysQuery, @Call() call: ApiCall) {
    return this.#list(query, 'active', call);
  }

  @Serves('list-archived-api-keys')
  listArchived(@WireQuery(ApiKeysQuery) query: ApiKeysQuery, @Call() call: ApiCall) {
    return this.#list(query, 'archived', call);
  }

  @Serves('count-api-key-usage')
  async countUsage(@WireQuery(UsageQuery) query: UsageQuery, @Call() call: ApiCall) {
    const keyId = filterOf(query.api_key_id, parseKeyId);
    const userId = filterOf(query.user_id, parseUuid);
    const orgId = filterOf(query.org_id, parseUuid);
    if (keyId === null || userId === null || orgId === null) return { count: 0 };
    const data = { day: query.date, keyId: keyId ?? null, userId: userId ?? null, orgId: orgId ?? null };
    const { count } = await this.rpc.call('keys.count-usage', data, call.caller());
    return { count };
  }

  @Serves('fetch-api-key')
  async fetch(@ApiKeyId() keyId: string, @Call() call: ApiCall) {
    return wireApiKey((await this.rpc.call('keys.fetch-key', { keyId }, call.caller())).key);
  }

  async #list(query: ApiKeysQuery, life: 'active' | 'archived', call: ApiCall) {
    const userId = await this.#userFilter(query, call);
    const orgId = filterOf(query.org_id, parseUuid);
    if (userId === null || orgId === null) return wirePage('api_keys', [], 0, query);
    const page = { pageNumber: query.page_number, pageSize: query.page_size };
    const data = { ...LIST_KEYS_DEFAULTS, ...page, life, userId: userId ?? null, orgId: orgId ?? null };
    const { items, total } = await this.rpc.call('keys.list-keys', data, call.caller());
    return wirePage(
      'api_keys',
      items.map(({ key }) => wireApiKey(key)),
      total,
      query,
    );
  }

  /** With both `user_id` and `user_email`, the user must have the id and the address. */
  async #userFilter(query: ApiKeysQuery, call: ApiCall): Promise<Filter> {
    const byId = filterOf(query.user_id, parseUuid);
    if (query.user_email === null || byId === null) return byId;
    const byEmail = await this.#userIdByEmail(query.user_email, call);
    return byId === undefined || byId === byEmail ? byEmail : null;
  }

  async #userIdByEmail(email: string, call: ApiCall): Promise<string | null> {
    try {
      return (await this.rpc.call('directory.fetch-user', { by: 'email', value: email, includeOrgs: false }, call.caller())).user.userId;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  }
}
