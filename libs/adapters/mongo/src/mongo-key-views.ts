import type { ApiKeyState, BackendKeyState } from '@app/domain';
import { type KeyOrder, type KeyQuery, KeyViews, type OrganizationKeysQuery, type Page, type PrincipalKeysQuery } from '@app/ports';
import type { QueryFilter } from 'mongoose';
import type { MongoLink } from './mongo-link.js';
import { MongoViews, type Order, stateOf } from './mongo-views.js';
import { partOf } from './view-columns.js';
import type { StoredRow } from './view-models.js';

const NEWEST_FIRST: Order = { 'row.createdAt': -1, _id: 1 };
const AS_ISSUED: Order = { 'row.issuedPos': 1, _id: 1 };

const KEY_ORDERS: Readonly<Record<KeyOrder, Order>> = {
  CREATED_AT_ASC: { 'row.createdAt': 1, _id: -1 },
  CREATED_AT_DESC: NEWEST_FIRST,
  EXPIRES_AT_ASC: { 'row.expiresAt': 1, _id: -1 },
  EXPIRES_AT_DESC: { 'row.expiresAt': -1, _id: 1 },
};

const lifeFilter = ({ life, nowMs }: KeyQuery): QueryFilter<StoredRow> => {
  if (life === 'any') return {};
  if (life === 'active') return { 'row.ended': false, 'row.expiresAt': { $gt: nowMs } };
  return { $or: [{ 'row.ended': true }, { 'row.ended': false, 'row.expiresAt': { $lte: nowMs } }] };
};

/** No id is longer, so a longer text is part of none. Servers refuse long patterns, each from a length of its own. */
const LONGEST_KEY_ID = 100;

/** Only texts sort above the empty text. */
const personal = { 'row.userId': { $gt: '' }, 'row.orgId': null };

const keyFilter = (query: KeyQuery): QueryFilter<StoredRow> => {
  const { environmentId, nowMs, endedAfterMs, userId, orgId, personalOnly, keyIdPart } = query;
  const conditions: readonly QueryFilter<StoredRow>[] = [
    { 'row.environmentId': environmentId, ...(userId === null ? {} : { 'row.userId': userId }), ...(orgId === null ? {} : { 'row.orgId': orgId }) },
    lifeFilter(query),
    ...(personalOnly ? [personal] : []),
    ...(keyIdPart === null || keyIdPart === '' ? [] : [keyIdPart.length > LONGEST_KEY_ID ? { _id: { $in: [] } } : { _id: partOf(keyIdPart) }]),
    // An end in the future does not count.
    ...(endedAfterMs === null ? [] : [{ 'row.endsAt': { $gt: Math.min(endedAfterMs, nowMs) } }]),
  ];
  return { $and: [...conditions] };
};

const principalFilter = (principal: PrincipalKeysQuery['principal']): QueryFilter<StoredRow> => {
  if ('userId' in principal) return { 'row.userId': principal.userId };
  if ('creatorId' in principal) return { 'row.creatorId': principal.creatorId };
  return { 'row.orgId': principal.orgId };
};

/** A range of positions, and within the first of them a range of ids: an index gives both in one walk. */
const afterFilter = ({ after, beforePos }: PrincipalKeysQuery): QueryFilter<StoredRow> => {
  if (after === null) return { 'row.issuedPos': { $lt: beforePos } };
  const rest = [{ 'row.issuedPos': { $gt: after.issuedPos } }, { 'row.issuedPos': after.issuedPos, _id: { $gt: after.keyId } }];
  return { 'row.issuedPos': { $gte: after.issuedPos, $lt: beforePos }, $or: rest };
};

/** API keys and backend keys from the read models. */
export class MongoKeyViews extends KeyViews {
  readonly #views: MongoViews;

  constructor(link: MongoLink) {
    super();
    this.#views = new MongoViews(link);
  }

  async keyById(environmentId: string, keyId: string): Promise<ApiKeyState | null> {
    const [key] = (await this.#views.byIds('apiKeys', [keyId])).map((row) => stateOf<ApiKeyState>(row));
    return key?.environmentId === environmentId ? key : null;
  }

  queryKeys(query: KeyQuery): Promise<Page<ApiKeyState>> {
    return this.#views.page('apiKeys', keyFilter(query), KEY_ORDERS[query.orderBy], query);
  }

  organizationKeys({ environmentId, orgId, nowMs, endedAfterMs, after, limit }: OrganizationKeysQuery): Promise<readonly ApiKeyState[]> {
    const conditions: readonly QueryFilter<StoredRow>[] = [
      { 'row.environmentId': environmentId, 'row.orgId': orgId, 'row.endsAt': { $gt: Math.min(endedAfterMs, nowMs) } },
      ...(after === null
        ? []
        : [{ 'row.createdAt': { $lte: after.createdAtMs } }, { $or: [{ 'row.createdAt': { $lt: after.createdAtMs } }, { _id: { $gt: after.keyId } }] }]),
    ];
    return this.#views.all('apiKeys', { $and: [...conditions] }, NEWEST_FIRST, limit);
  }

  keysOfPrincipal(query: PrincipalKeysQuery): Promise<readonly ApiKeyState[]> {
    const filter = { 'row.environmentId': query.environmentId, ...principalFilter(query.principal), ...afterFilter(query) };
    return this.#views.all('apiKeys', filter, AS_ISSUED, query.limit);
  }

  backendKeys(environmentId: string): Promise<readonly BackendKeyState[]> {
    return this.#views.all('backendKeys', { 'row.environmentId': environmentId }, NEWEST_FIRST);
  }
}
