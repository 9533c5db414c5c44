import type { mongo } from 'mongoose';

export interface NamedIndex {
  readonly name: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly partialFilterExpression?: mongo.Document;
}
/** By the collection's name. */
export type CollectionIndexes = Readonly<Record<string, readonly NamedIndex[]>>;

/** Every text. Not `$type`: the planner does not see that an equality implies one. */
const text = (column: string) => ({ partialFilterExpression: { [column]: { $gt: '' } } });

/** For data that cannot be rebuilt. */
export const RECORD_INDEXES: CollectionIndexes = {
  log: [{ name: 'tags', key: { tags: 1, _id: 1 } }],
  usage: [
    { name: 'usage_of_environment', key: { environmentId: 1, day: 1, keyId: 1 } },
    { name: 'usage_of_user', key: { environmentId: 1, userId: 1, day: 1 }, ...text('userId') },
    { name: 'usage_of_org', key: { environmentId: 1, orgId: 1, day: 1 }, ...text('orgId') },
  ],
};

const inRow = (...columns: readonly string[]): NamedIndex['key'] =>
  Object.fromEntries(
    columns.map((column) => (column.startsWith('-') ? ([`row.${column.slice(1)}`, -1] as const) : ([column === '_id' ? column : `row.${column}`, 1] as const))),
  );
const alive = { partialFilterExpression: { 'row.deleted': false } } as const;
const having = (column: string) => text(`row.${column}`);

/** One for each form of query, each ending with the columns that sort the result. */
export const VIEW_INDEXES: CollectionIndexes = {
  users: [
    { name: 'users_created', key: inRow('environmentId', '-createdAt', '_id'), ...alive },
    { name: 'users_active', key: inRow('environmentId', '-lastActiveAt', '_id'), ...alive },
    { name: 'users_email', key: inRow('environmentId', 'email', '_id'), ...alive },
    { name: 'users_username', key: inRow('environmentId', 'unnamed', 'username', '_id'), ...alive },
    { name: 'users_legacy', key: inRow('environmentId', 'legacyId', '_id'), ...having('legacyId') },
    { name: 'users_org', key: inRow('environmentId', 'orgs', '-createdAt', '_id') },
    { name: 'users_role', key: inRow('environmentId', 'roles', '-createdAt', '_id') },
  ],
  organizations: [
    { name: 'organizations_created', key: inRow('environmentId', '-createdAt', '_id'), ...alive },
    { name: 'organizations_name', key: inRow('environmentId', 'name', '_id'), ...alive },
  ],
  api_keys: [
    { name: 'keys_created', key: inRow('environmentId', 'ended', '-createdAt', '_id', 'expiresAt') },
    { name: 'keys_expiry', key: inRow('environmentId', 'ended', 'expiresAt') },
    { name: 'keys_user', key: inRow('environmentId', 'userId', 'ended', '-createdAt', '_id', 'expiresAt'), ...having('userId') },
    { name: 'keys_org', key: inRow('environmentId', 'orgId', 'ended', '-createdAt', '_id', 'expiresAt'), ...having('orgId') },
    { name: 'keys_of_user', key: inRow('environmentId', 'userId', 'issuedPos', '_id'), ...having('userId') },
    { name: 'keys_of_org', key: inRow('environmentId', 'orgId', 'issuedPos', '_id'), ...having('orgId') },
    { name: 'keys_of_creator', key: inRow('environmentId', 'creatorId', 'issuedPos', '_id'), ...having('creatorId') },
  ],
  backend_keys: [{ name: 'backend_keys_created', key: inRow('environmentId', '-createdAt', '_id') }],
};
