import { Controller, Inject } from '@nestjs/common';
import {
  EmailsBody,
  IncludeOrgsQuery,
  MAX_BATCH,
  parseUuid,
  UserByEmailQuery,
  UserByUsernameQuery,
  UserIdsBody,
  UsernamesBody,
  UsersInOrgQuery,
  UsersQuery,
  wirePage,
  wireUser,
  wireUserInOrg,
} from '@app/http-api';
import type { UserWithOrgs } from '@app/messages';
import { invalidField } from '@app/domain';
import { RpcClient } from '@app/platform';
import { Serves } from '../entry/endpoint.js';
import { textOrNull } from '../http/answers.js';
import { type ApiCall, Call } from '../entry/call.js';
import { OrgId, UserId, WireBody, WireQuery } from '../http/wire-input.js';

type By = 'id' | 'email' | 'username';

const shown = ({ user, orgs }: UserWithOrgs, includeOrgs: boolean) => wireUser(user, includeOrgs ? orgs : null, Date.now());

@Controller()
export class UserQueriesController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Serves('fetch-user')
  fetch(@UserId() userId: string, @WireQuery(IncludeOrgsQuery) query: IncludeOrgsQuery, @Call() call: ApiCall) {
    return this.#fetch('id', userId, query, call);
  }

  @Serves('fetch-user-by-email')
  fetchByEmail(@WireQuery(UserByEmailQuery) query: UserByEmailQuery, @Call() call: ApiCall) {
    return this.#fetch('email', query.email, query, call);
  }

  @Serves('fetch-user-by-username')
  fetchByUsername(@WireQuery(UserByUsernameQuery) query: UserByUsernameQuery, @Call() call: ApiCall) {
    return this.#fetch('username', query.username, query, call);
  }

  @Serves('batch-users-by-id')
  batchById(@WireBody(UserIdsBody) body: UserIdsBody, @WireQuery(IncludeOrgsQuery) query: IncludeOrgsQuery, @Call() call: ApiCall) {
    const given = body.user_ids ?? [];
    // A malformed id is left out like an unknown one.
    const ids = given.map(parseUuid).filter((id) => id !== null);
    return this.#batch('id', given, ids, query, call);
  }

  @Serves('batch-users-by-email')
  batchByEmail(@WireBody(EmailsBody) body: EmailsBody, @WireQuery(IncludeOrgsQuery) query: IncludeOrgsQuery, @Call() call: ApiCall) {
    const given = body.emails ?? [];
    return this.#batch('email', given, given, query, call);
  }

  @Serves('batch-users-by-username')
  batchByUsername(@WireBody(UsernamesBody) body: UsernamesBody, @WireQuery(IncludeOrgsQuery) query: IncludeOrgsQuery, @Call() call: ApiCall) {
    const given = body.usernames ?? [];
    return this.#batch('username', given, given, query, call);
  }

  @Serves('query-users')
  async query(@WireQuery(UsersQuery) query: UsersQuery, @Call() call: ApiCall) {
    const filters = {
      emailOrUsername: textOrNull(query.email_or_username),
      legacyUserId: textOrNull(query.legacy_user_id),
      orgId: null,
      role: null,
    };
    const { items, total } = await this.rpc.call('directory.query-users', { ...this.#paging(query), orderBy: query.order_by, ...filters }, call.caller());
    return wirePage(
      'users',
      items.map((item) => shown(item, query.include_orgs)),
      total,
      query,
    );
  }

  @Serves('query-users-in-org')
  async queryInOrg(@OrgId() orgId: string, @WireQuery(UsersInOrgQuery) query: UsersInOrgQuery, @Call() call: ApiCall) {
    const filters = { emailOrUsername: null, legacyUserId: null, orgId, role: textOrNull(query.role) };
    const { items, total } = await this.rpc.call('directory.query-users', { ...this.#paging(query), orderBy: 'CREATED_AT_DESC', ...filters }, call.caller());
    return wirePage(
      'users',
      items.map(({ user, orgs }) => wireUserInOrg(user, query.include_orgs ? orgs : null, orgId, Date.now())),
      total,
      query,
    );
  }

  #paging(query: { readonly page_number: number; readonly page_size: number; readonly include_orgs: boolean }) {
    return { pageNumber: query.page_number, pageSize: query.page_size, includeOrgs: query.include_orgs };
  }

  async #fetch(by: By, value: string, { include_orgs: includeOrgs }: IncludeOrgsQuery, call: ApiCall) {
    return shown(await this.rpc.call('directory.fetch-user', { by, value, includeOrgs }, call.caller()), includeOrgs);
  }

  async #batch(by: By, given: readonly string[], values: readonly string[], { include_orgs: includeOrgs }: IncludeOrgsQuery, call: ApiCall) {
    if (given.length > MAX_BATCH) throw invalidField('query', `A request can ask for at most ${MAX_BATCH} users; ask for the rest in another request.`);
    if (values.length === 0) return [];
    const { users } = await this.rpc.call('directory.batch-users', { by, values, includeOrgs }, call.caller());
    return users.map((user) => shown(user, includeOrgs));
  }
}
