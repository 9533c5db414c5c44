import type { UserOrder, UserQuery } from '@app/ports';
import { folded } from './view-columns.js';
import type { SqlValue, ViewsFile } from './views-file.js';

export interface FoundIds {
  readonly ids: readonly string[];
  readonly total: number;
}

interface Sql {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Organizations up to this size are read member by member; in larger ones users are walked in order and asked for their membership. */
const FEW = 1_000;

// ASC is DESC read backwards, ties included: one index serves both.
const ORDERS: Readonly<Record<UserOrder, string>> = {
  CREATED_AT_ASC: 'u.created_at, u.id DESC',
  CREATED_AT_DESC: 'u.created_at DESC, u.id',
  LAST_ACTIVE_AT_ASC: 'u.last_active_at, u.id DESC',
  LAST_ACTIVE_AT_DESC: 'u.last_active_at DESC, u.id',
  EMAIL: 'u.email, u.id',
  USERNAME: 'u.username NULLS LAST, u.id',
};
const MEMBER_ORDERS: Partial<Readonly<Record<UserOrder, string>>> = {
  CREATED_AT_ASC: 'm.created_at, m.user_id DESC',
  CREATED_AT_DESC: 'm.created_at DESC, m.user_id',
};

/** `instr`, not LIKE: what is searched for may contain `%`, `_` and the escape character itself. */
const searched = ({ emailOrUsername, legacyUserId }: UserQuery): Sql => {
  const part = emailOrUsername === null ? null : folded(emailOrUsername);
  return {
    sql: (part === null ? '' : ' AND (instr(u.email, ?) > 0 OR instr(u.username, ?) > 0)') + (legacyUserId === null ? '' : ' AND u.legacy_id = ?'),
    params: [...(part === null ? [] : [part, part]), ...(legacyUserId === null ? [] : [legacyUserId])],
  };
};

const counted = (file: ViewsFile, { sql, params }: Sql): number => file.count(`SELECT count(*) AS n ${sql}`, ...params);

const paged = (file: ViewsFile, query: UserQuery, total: number, id: string, { sql, params }: Sql, orderBy: string): FoundIds => {
  const offset = query.pageNumber * query.pageSize;
  // Without this a page past the end reads everything once more, to find nothing.
  if (offset >= total) return { ids: [], total };
  const rows = file.all<{ readonly id: string }>(
    `SELECT ${id} AS id ${sql} ORDER BY ${orderBy} LIMIT ? OFFSET ?`,
    ...params,
    Math.min(query.pageSize, total - offset),
    offset,
  );
  return { ids: rows.map((row) => row.id), total };
};

const allUsers = (file: ViewsFile, environment: number, query: UserQuery): FoundIds => {
  const search = searched(query);
  const index = query.legacyUserId === null ? '' : ' INDEXED BY users_legacy';
  const from = { sql: `FROM users u${index} WHERE u.environment = ? AND u.deleted = 0${search.sql}`, params: [environment, ...search.params] };
  return paged(file, query, counted(file, from), 'u.id', from, ORDERS[query.orderBy]);
};

/** Deleted users have no memberships here, so that members alone can be counted and paged without their users. */
const membersOf = (file: ViewsFile, environment: number, orgId: string, query: UserQuery): FoundIds => {
  const role: Sql = query.role === null ? { sql: 'm.main = 1', params: [] } : { sql: 'm.role = ?', params: [query.role] };
  const members: Sql = { sql: `FROM memberships m WHERE m.environment = ? AND m.org_id = ? AND ${role.sql}`, params: [environment, orgId, ...role.params] };
  const search = searched(query);
  const memberTotal = counted(file, members);
  const memberOrder = MEMBER_ORDERS[query.orderBy];
  if (search.sql === '' && memberOrder !== undefined) return paged(file, query, memberTotal, 'm.user_id', members, memberOrder);
  // CROSS JOIN fixes the order of reading, and the plus sends each user to its own memberships instead of through the organization's:
  // the planner cannot know how many members an organization has.
  const [tables, ofOrg] =
    memberTotal > FEW
      ? ['users u CROSS JOIN memberships m', '+m.environment = ? AND m.org_id = ?']
      : ['memberships m CROSS JOIN users u', 'm.environment = ? AND m.org_id = ?'];
  const joined: Sql = {
    sql: `FROM ${tables} WHERE u.id = m.user_id AND u.environment = ? AND u.deleted = 0 AND ${ofOrg} AND ${role.sql}${search.sql}`,
    params: [environment, environment, orgId, ...role.params, ...search.params],
  };
  const total = search.sql === '' ? memberTotal : counted(file, joined);
  return paged(file, query, total, 'u.id', joined, ORDERS[query.orderBy]);
};

export const userIds = (file: ViewsFile, environment: number, query: UserQuery): FoundIds =>
  query.orgId === null ? allUsers(file, environment, query) : membersOf(file, environment, query.orgId, query);
