import type { KeyOrder, KeyQuery } from '@app/ports';
import type { FoundIds } from './user-search.js';
import { folded } from './view-columns.js';
import type { SqlValue, ViewsFile } from './views-file.js';

/** Up to so many keys are cheaper to find by expiry and sort than to meet on a walk through all keys of the environment. */
const FEW = 1_000;

// ASC is DESC read backwards, ties included: one index serves both.
const ORDERS: Readonly<Record<KeyOrder, string>> = {
  CREATED_AT_ASC: 'created_at, id DESC',
  CREATED_AT_DESC: 'created_at DESC, id',
  EXPIRES_AT_ASC: 'expires_at, id DESC',
  EXPIRES_AT_DESC: 'expires_at DESC, id',
};

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Whose keys. Each index is named, because the planner cannot know how many keys a user or an environment has. */
interface Scope extends Condition {
  readonly newestFirst: string;
  /** Of what is asked for by expiry alone. */
  readonly byExpiry: string;
}

/** `instr`, not LIKE: what is searched for may contain `%`, `_` and the escape character itself. */
const filtersOf = ({ personalOnly, keyIdPart }: KeyQuery): Condition => ({
  sql: (personalOnly ? ' AND user_id IS NOT NULL AND org_id IS NULL' : '') + (keyIdPart === null ? '' : ' AND instr(id, ?) > 0'),
  params: keyIdPart === null ? [] : [folded(keyIdPart)],
});

const scopeOf = (environment: number, query: KeyQuery): Scope => {
  const { userId, orgId } = query;
  const { sql, params } = filtersOf(query);
  if (userId !== null) {
    const alsoOrg = orgId === null ? { sql: '', params: [] } : { sql: ' AND org_id = ?', params: [orgId] };
    const ofUser = { sql: `environment = ? AND user_id = ?${alsoOrg.sql}${sql}`, params: [environment, userId, ...alsoOrg.params, ...params] };
    return { ...ofUser, newestFirst: 'keys_user', byExpiry: 'keys_user' };
  }
  if (orgId !== null)
    return { sql: `environment = ? AND org_id = ?${sql}`, params: [environment, orgId, ...params], newestFirst: 'keys_org', byExpiry: 'keys_org' };
  // The index by expiry holds no more than that: a filter would send each of its entries to the row.
  return { sql: `environment = ?${sql}`, params: [environment, ...params], newestFirst: 'keys_created', byExpiry: sql === '' ? 'keys_expiry' : 'keys_created' };
};

/** Keys that stand side by side in the indexes. */
interface Part extends Condition {
  /** A range of the index by expiry. */
  readonly isRange: boolean;
}
const range = (sql: string, ...params: readonly SqlValue[]): Part => ({ sql, params, isRange: true });
const whole = (sql: string, ...params: readonly SqlValue[]): Part => ({ sql, params, isRange: false });

/** Disjoint, so that the database merges them, each in order by its index. */
const partsOf = ({ life, nowMs, endedAfterMs }: KeyQuery): readonly Part[] => {
  // An end in the future does not count.
  const afterMs = endedAfterMs === null ? null : Math.min(endedAfterMs, nowMs);
  const ended = afterMs === null ? whole('ended = 1') : whole('ended = 1 AND ends_at > ?', afterMs);
  if (life === 'active') return [range('ended = 0 AND expires_at > ?', nowMs)];
  if (life === 'any') return [ended, afterMs === null ? whole('ended = 0') : range('ended = 0 AND expires_at > ?', afterMs)];
  return [ended, afterMs === null ? range('ended = 0 AND expires_at <= ?', nowMs) : range('ended = 0 AND expires_at <= ? AND expires_at > ?', nowMs, afterMs)];
};

const countIn = (file: ViewsFile, scope: Scope, { sql, params }: Part): number => {
  // The end is in the wide indexes alone.
  const index = sql.includes('ends_at') ? scope.newestFirst : scope.byExpiry;
  return file.count(`SELECT count(*) AS n FROM api_keys INDEXED BY ${index} WHERE ${scope.sql} AND ${sql}`, ...scope.params, ...params);
};

const selectOf = (scope: Scope, { sql, isRange }: Part, count: number): string =>
  `SELECT id, created_at, expires_at FROM api_keys INDEXED BY ${isRange && count <= FEW ? scope.byExpiry : scope.newestFirst} WHERE ${scope.sql} AND ${sql}`;

/** The keys of a page, in the query's order. */
export const keyIds = (file: ViewsFile, environment: number, query: KeyQuery): FoundIds => {
  if (query.personalOnly && query.orgId !== null) return { ids: [], total: 0 };
  const scope = scopeOf(environment, query);
  const found = partsOf(query)
    .map((part) => ({ part, count: countIn(file, scope, part) }))
    .filter(({ count }) => count > 0);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const offset = query.pageNumber * query.pageSize;
  if (offset >= total) return { ids: [], total };
  const sql = found.map(({ part, count }) => selectOf(scope, part, count)).join(' UNION ALL ');
  const params = found.flatMap(({ part }) => [...scope.params, ...part.params]);
  // Asking for no more than there are ends the walk at the last one instead of at the end of the index.
  const rows = file.all<{ readonly id: string }>(
    `${sql} ORDER BY ${ORDERS[query.orderBy]} LIMIT ? OFFSET ?`,
    ...params,
    Math.min(query.pageSize, total - offset),
    offset,
  );
  return { ids: rows.map((row) => row.id), total };
};
