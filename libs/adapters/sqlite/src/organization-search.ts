import type { OrganizationQuery } from '@app/ports';
import type { FoundIds } from './user-search.js';
import { folded } from './view-columns.js';
import type { ViewsFile } from './views-file.js';

const ORDERS: Readonly<Record<OrganizationQuery['orderBy'], string>> = {
  CREATED_AT_ASC: 'created_at, id DESC',
  CREATED_AT_DESC: 'created_at DESC, id',
  NAME: 'name, id',
};

export const organizationIds = (file: ViewsFile, environment: number, query: OrganizationQuery): FoundIds => {
  const { name, legacyOrgId, domain } = query;
  const conditions = [
    ...(name === null ? [] : [{ sql: ' AND instr(name, ?) > 0', value: folded(name) }]),
    ...(legacyOrgId === null ? [] : [{ sql: ' AND legacy_id = ?', value: legacyOrgId }]),
    ...(domain === null ? [] : [{ sql: ' AND domain = ?', value: folded(domain) }]),
  ];
  const from = `FROM organizations WHERE environment = ? AND deleted = 0${conditions.map(({ sql }) => sql).join('')}`;
  const params = [environment, ...conditions.map(({ value }) => value)];
  const total = file.count(`SELECT count(*) AS n ${from}`, ...params);
  const offset = query.pageNumber * query.pageSize;
  if (offset >= total) return { ids: [], total };
  const rows = file.all<{ readonly id: string }>(
    `SELECT id ${from} ORDER BY ${ORDERS[query.orderBy]} LIMIT ? OFFSET ?`,
    ...params,
    Math.min(query.pageSize, total - offset),
    offset,
  );
  return { ids: rows.map((row) => row.id), total };
};
