import type { EnvironmentState, OrganizationState, UserState } from '@app/domain';
import { DirectoryViews, type OrganizationQuery, type Page, type UserQuery } from '@app/ports';
import type { QueryFilter } from 'mongoose';
import type { MongoLink } from './mongo-link.js';
import { MongoViews, type Order, stateOf } from './mongo-views.js';
import { caseFolded, partOf, roleIn } from './view-columns.js';
import type { StoredRow } from './view-models.js';

const NEWEST_FIRST: Order = { 'row.createdAt': -1, _id: 1 };
const OLDEST_FIRST: Order = { 'row.createdAt': 1, _id: -1 };
// ASC is DESC read backwards, ties included: one index serves both.
const USER_ORDERS: Readonly<Record<UserQuery['orderBy'], Order>> = {
  CREATED_AT_ASC: OLDEST_FIRST,
  CREATED_AT_DESC: NEWEST_FIRST,
  LAST_ACTIVE_AT_ASC: { 'row.lastActiveAt': 1, _id: -1 },
  LAST_ACTIVE_AT_DESC: { 'row.lastActiveAt': -1, _id: 1 },
  EMAIL: { 'row.email': 1, _id: 1 },
  USERNAME: { 'row.unnamed': 1, 'row.username': 1, _id: 1 },
};
const ORGANIZATION_ORDERS: Readonly<Record<OrganizationQuery['orderBy'], Order>> = {
  CREATED_AT_ASC: OLDEST_FIRST,
  CREATED_AT_DESC: NEWEST_FIRST,
  NAME: { 'row.name': 1, _id: 1 },
};

const alive = (environmentId: string) => ({ 'row.environmentId': environmentId, 'row.deleted': false });

const userFilter = ({ environmentId, emailOrUsername, legacyUserId, orgId, role }: UserQuery): QueryFilter<StoredRow> => ({
  ...alive(environmentId),
  ...(legacyUserId === null ? {} : { 'row.legacyId': legacyUserId }),
  ...(orgId === null ? {} : role === null ? { 'row.orgs': orgId } : { 'row.roles': roleIn(orgId, role) }),
  ...(emailOrUsername === null || emailOrUsername === ''
    ? {}
    : { $or: [{ 'row.email': partOf(emailOrUsername) }, { 'row.username': partOf(emailOrUsername) }] }),
});

const organizationFilter = ({ environmentId, name, legacyOrgId, domain }: OrganizationQuery): QueryFilter<StoredRow> => ({
  ...alive(environmentId),
  ...(name === null || name === '' ? {} : { 'row.name': partOf(name) }),
  ...(legacyOrgId === null ? {} : { 'row.legacyId': legacyOrgId }),
  ...(domain === null ? {} : { 'row.domain': caseFolded(domain) }),
});

/** The states in the order of the keys they were asked by, each once; keys without a match are left out. */
const inOrder = <State>(keys: readonly string[], states: readonly State[], keyOf: (state: State) => string | null): readonly State[] => {
  const byKey = new Map(states.map((state) => [keyOf(state), state]));
  return [...new Set(keys)].flatMap((key) => byKey.get(key) ?? []);
};

/** Users, organizations and environments from the read models. */
export class MongoDirectoryViews extends DirectoryViews {
  readonly #views: MongoViews;

  constructor(link: MongoLink) {
    super();
    this.#views = new MongoViews(link);
  }

  environments(): Promise<readonly EnvironmentState[]> {
    return this.#views.all('environments', {}, { 'row.createdAt': 1, _id: 1 });
  }

  async userById(environmentId: string, ids: readonly string[]): Promise<readonly UserState[]> {
    const users = (await this.#views.byIds('users', ids)).map((row) => stateOf<UserState>(row));
    return inOrder(
      ids,
      users.filter((user) => user.environmentId === environmentId && !user.deleted),
      (user) => user.userId,
    );
  }

  async usersByEmail(environmentId: string, emails: readonly string[]): Promise<readonly UserState[]> {
    const wanted = emails.map(caseFolded);
    return inOrder(wanted, await this.#usersBy(environmentId, 'row.email', wanted), (user) => caseFolded(user.email));
  }

  async usersByUsername(environmentId: string, usernames: readonly string[]): Promise<readonly UserState[]> {
    const wanted = usernames.map(caseFolded);
    const nameOf = ({ profile: { username } }: UserState): string | null => (username === null ? null : caseFolded(username));
    return inOrder(wanted, await this.#usersBy(environmentId, 'row.username', wanted), nameOf);
  }

  queryUsers(query: UserQuery): Promise<Page<UserState>> {
    return this.#views.page('users', userFilter(query), USER_ORDERS[query.orderBy], query);
  }

  async organizationsById(environmentId: string, ids: readonly string[]): Promise<readonly OrganizationState[]> {
    const found = (await this.#views.byIds('organizations', ids)).map((row) => stateOf<OrganizationState>(row));
    return inOrder(
      ids,
      found.filter((one) => one.environmentId === environmentId && !one.deleted),
      (one) => one.orgId,
    );
  }

  queryOrganizations(query: OrganizationQuery): Promise<Page<OrganizationState>> {
    return this.#views.page('organizations', organizationFilter(query), ORGANIZATION_ORDERS[query.orderBy], query);
  }

  #usersBy(environmentId: string, column: 'row.email' | 'row.username', values: readonly string[]): Promise<readonly UserState[]> {
    return this.#views.all('users', { ...alive(environmentId), [column]: { $in: [...new Set(values)] } }, { _id: 1 });
  }
}
