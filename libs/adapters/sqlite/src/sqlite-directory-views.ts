import type { EnvironmentState, OrganizationState, UserState } from '@app/domain';
import { DirectoryViews, type OrganizationQuery, type Page, type UserQuery } from '@app/ports';
import { organizationIds } from './organization-search.js';
import { userIds } from './user-search.js';
import { folded } from './view-columns.js';
import type { ViewsFile } from './views-file.js';

interface Stored {
  readonly state: string;
}
const parsed = <State>(rows: readonly Stored[]): readonly State[] => rows.map((row) => JSON.parse(row.state) as State);

/** The states in the order of the keys they were asked by, each once; keys that found nothing are left out. */
const inOrder = <State>(keys: readonly string[], states: readonly State[], keyOf: (state: State) => string | null): readonly State[] => {
  const byKey = new Map(states.map((state) => [keyOf(state), state]));
  return [...new Set(keys)].flatMap((key) => byKey.get(key) ?? []);
};

// The planner is told which way to go: left alone it walks all users of the environment for a few ids.
const BY = {
  id: 'WHERE +environment = ?',
  email: 'INDEXED BY users_email WHERE environment = ?',
  username: 'INDEXED BY users_username WHERE environment = ?',
} as const;

/** Users, organizations and environments out of `views.db`. */
export class SqliteDirectoryViews extends DirectoryViews {
  readonly #file: ViewsFile;

  constructor(file: ViewsFile) {
    super();
    this.#file = file;
  }

  environments(): Promise<readonly EnvironmentState[]> {
    return Promise.resolve(parsed(this.#file.all<Stored>('SELECT state FROM environments ORDER BY created_at, id')));
  }

  userById(environmentId: string, ids: readonly string[]): Promise<readonly UserState[]> {
    return Promise.resolve(inOrder(ids, this.#users(environmentId, 'id', ids), (user) => user.userId));
  }

  usersByEmail(environmentId: string, emails: readonly string[]): Promise<readonly UserState[]> {
    const wanted = emails.map(folded);
    return Promise.resolve(inOrder(wanted, this.#users(environmentId, 'email', wanted), (user) => folded(user.email)));
  }

  usersByUsername(environmentId: string, usernames: readonly string[]): Promise<readonly UserState[]> {
    const wanted = usernames.map(folded);
    const nameOf = ({ profile: { username } }: UserState): string | null => (username === null ? null : folded(username));
    return Promise.resolve(inOrder(wanted, this.#users(environmentId, 'username', wanted), nameOf));
  }

  queryUsers(query: UserQuery): Promise<Page<UserState>> {
    const environment = this.#file.environmentNumber(query.environmentId);
    if (environment === null) return Promise.resolve({ rows: [], total: 0 });
    const { ids, total } = userIds(this.#file, environment, query);
    return Promise.resolve({ rows: inOrder(ids, this.#users(query.environmentId, 'id', ids), (user) => user.userId), total });
  }

  organizationsById(environmentId: string, ids: readonly string[]): Promise<readonly OrganizationState[]> {
    // The plus keeps the planner off the indexes by environment: it would walk all of them for a few ids.
    const sql = `SELECT state FROM organizations
      WHERE +environment = ? AND deleted = 0 AND id IN (SELECT value FROM json_each(?))`;
    const environment = this.#file.environmentNumber(environmentId);
    const found = parsed<OrganizationState>(this.#file.all<Stored>(sql, environment, JSON.stringify(ids)));
    return Promise.resolve(inOrder(ids, found, (organization) => organization.orgId));
  }

  async queryOrganizations(query: OrganizationQuery): Promise<Page<OrganizationState>> {
    const environment = this.#file.environmentNumber(query.environmentId);
    if (environment === null) return { rows: [], total: 0 };
    const { ids, total } = organizationIds(this.#file, environment, query);
    return { rows: await this.organizationsById(query.environmentId, ids), total };
  }

  #users(environmentId: string, column: keyof typeof BY, values: readonly string[]): readonly UserState[] {
    // An unknown environment has no number, and nothing equals NULL.
    const environment = this.#file.environmentNumber(environmentId);
    const sql = `SELECT state FROM users ${BY[column]} AND deleted = 0 AND ${column} IN (SELECT value FROM json_each(?))`;
    return parsed(this.#file.all<Stored>(sql, environment, JSON.stringify(values)));
  }
}
