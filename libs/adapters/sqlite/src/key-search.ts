import type { KeyQuery } from '@app/ports';
import type { FoundIds } from './user-search.js';
import type { SqlValue, ViewsFile } from './views-file.js';

/** Up to so many keys are cheaper to find by expiry and sort than to meet on a walk through all keys of the environment. */
const FEW = 1_000;

/** Whose keys. Each index is named, because the planner cannot know how many keys a user or an environment has. */
interface Scope {
  readonly condition: string;
  readonly params: readonly SqlValue[];
  readonly newestFirst: string;
  readonly byExpiry: string;
}

const scopeOf = (environment: number, { userId, orgId }: KeyQuery): Scope => {
  if (userId !== null) {
    const alsoOrg = orgId === null ? { sql: '', params: [] } : { sql: ' AND org_id = ?', params: [orgId] };
    return { condition: `environment = ? AND user_id = ?${alsoOrg.sql}`, params: [environment, userId, ...alsoOrg.params], newestFirst: 'keys_user', byExpiry: 'keys_user' };
  }
  if (orgId !== null) return { condition: 'environment = ? AND org_id = ?', params: [environment, orgId], newestFirst: 'keys_org', byExpiry: 'keys_org' };
  return { condition: 'environment = ?', params: [environment], newestFirst: 'keys_created', byExpiry: 'keys_expiry' };
};

const CURRENT = 'ended = 0 AND expires_at > ?';
const EXPIRED = 'ended = 0 AND expires_at <= ?';
const ENDED = 'ended = 1';

const counted = (file: ViewsFile, { byExpiry, condition, params }: Scope, part: string, ...partParams: readonly SqlValue[]): number =>
  file.count(`SELECT count(*) AS n FROM api_keys INDEXED BY ${byExpiry} WHERE ${condition} AND ${part}`, ...params, ...partParams);

const selected = ({ condition }: Scope, index: string, part: string): string =>
  `SELECT id, created_at FROM api_keys INDEXED BY ${index} WHERE ${condition} AND ${part}`;

const paged = (file: ViewsFile, query: KeyQuery, total: number, sql: string, params: readonly SqlValue[]): FoundIds => {
  const offset = query.pageNumber * query.pageSize;
  if (offset >= total) return { ids: [], total };
  // Asking for no more than there are ends the walk at the last one instead of at the end of the index.
  const rows = file.all<{ readonly id: string }>(
    `${sql} ORDER BY created_at DESC, id LIMIT ? OFFSET ?`, ...params, Math.min(query.pageSize, total - offset), offset,
  );
  return { ids: rows.map((row) => row.id), total };
};

const currentIds = (file: ViewsFile, scope: Scope, query: KeyQuery): FoundIds => {
  const total = counted(file, scope, CURRENT, query.nowMs);
  const index = total <= FEW ? scope.byExpiry : scope.newestFirst;
  return paged(file, query, total, selected(scope, index, CURRENT), [...scope.params, query.nowMs]);
};

/** Two disjoint parts, each in order by its index, merged by the database. */
const archivedIds = (file: ViewsFile, scope: Scope, query: KeyQuery): FoundIds => {
  const expired = counted(file, scope, EXPIRED, query.nowMs);
  const total = expired + counted(file, scope, ENDED);
  const index = expired <= FEW ? scope.byExpiry : scope.newestFirst;
  const sql = `${selected(scope, scope.newestFirst, ENDED)} UNION ALL ${selected(scope, index, EXPIRED)}`;
  return paged(file, query, total, sql, [...scope.params, ...scope.params, query.nowMs]);
};

/** The keys of a page, newest first, ties by id. */
export const keyIds = (file: ViewsFile, environment: number, query: KeyQuery): FoundIds => {
  const scope = scopeOf(environment, query);
  return query.archived ? archivedIds(file, scope, query) : currentIds(file, scope, query);
};
