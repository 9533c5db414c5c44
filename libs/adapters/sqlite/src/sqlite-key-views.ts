import type { ApiKeyState, BackendKeyState } from '@app/domain';
import { type KeyQuery, KeyViews, type OrganizationKeysQuery, type Page, type PrincipalKeysQuery } from '@app/ports';
import { keyIds } from './key-search.js';
import type { ViewsFile } from './views-file.js';

interface Stored {
  readonly state: string;
}
const parsed = <State>(rows: readonly Stored[]): readonly State[] => rows.map((row) => JSON.parse(row.state) as State);

interface Principal {
  readonly column: string;
  readonly index: string;
  readonly id: string;
}
const columnOf = (principal: PrincipalKeysQuery['principal']): Principal => {
  if ('userId' in principal) return { column: 'user_id', index: 'keys_of_user', id: principal.userId };
  if ('creatorId' in principal) return { column: 'creator_id', index: 'keys_of_creator', id: principal.creatorId };
  return { column: 'org_id', index: 'keys_of_org', id: principal.orgId };
};

const isNewer = (one: ApiKeyState, other: ApiKeyState): number => other.createdAtMs - one.createdAtMs || (one.keyId < other.keyId ? -1 : 1);

/** API keys and backend keys out of `views.db`. */
export class SqliteKeyViews extends KeyViews {
  readonly #file: ViewsFile;

  constructor(file: ViewsFile) {
    super();
    this.#file = file;
  }

  keyById(environmentId: string, keyId: string): Promise<ApiKeyState | null> {
    const sql = 'SELECT state FROM api_keys WHERE id = ? AND environment = ?';
    const [found] = parsed<ApiKeyState>(this.#file.all<Stored>(sql, keyId, this.#file.environmentNumber(environmentId)));
    return Promise.resolve(found ?? null);
  }

  queryKeys(query: KeyQuery): Promise<Page<ApiKeyState>> {
    const environment = this.#file.environmentNumber(query.environmentId);
    if (environment === null) return Promise.resolve({ rows: [], total: 0 });
    const { ids, total } = keyIds(this.#file, environment, query);
    const stored = this.#file.all<Stored & { readonly id: string }>(
      'SELECT id, state FROM api_keys WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    );
    const byId = new Map(stored.map((row) => [row.id, row]));
    return Promise.resolve({ rows: parsed(ids.flatMap((id) => byId.get(id) ?? [])), total });
  }

  organizationKeys({ environmentId, orgId, nowMs, endedAfterMs, after, limit }: OrganizationKeysQuery): Promise<readonly ApiKeyState[]> {
    const environment = this.#file.environmentNumber(environmentId);
    const endedAfter = Math.min(endedAfterMs, nowMs);
    const { createdAtMs, keyId } = after ?? { createdAtMs: Number.MAX_SAFE_INTEGER, keyId: '' };
    // Living keys and ended ones lie apart in the index, each in the order asked for, so that a part costs what its rows cost.
    const rowsOf = (condition: string): readonly ApiKeyState[] =>
      parsed(
        this.#file.all<Stored>(
          `SELECT state FROM api_keys INDEXED BY keys_org WHERE environment = ? AND org_id = ? AND ${condition}
             AND created_at <= ? AND (created_at < ? OR id > ?) ORDER BY created_at DESC, id LIMIT ?`,
          environment,
          orgId,
          endedAfter,
          createdAtMs,
          createdAtMs,
          keyId,
          limit,
        ),
      );
    const rows = [...rowsOf('ended = 0 AND expires_at > ?'), ...rowsOf('ended = 1 AND ends_at > ?')];
    return Promise.resolve(rows.toSorted(isNewer).slice(0, limit));
  }

  keysOfPrincipal(query: PrincipalKeysQuery): Promise<readonly ApiKeyState[]> {
    const { column, index, id } = columnOf(query.principal);
    // The named index gives keys in the order asked for: a chunk costs the same whether the principal has ten keys or a million.
    const sql = `SELECT state FROM api_keys INDEXED BY ${index}
      WHERE environment = ? AND ${column} = ? AND (issued_pos, id) > (?, ?) AND issued_pos < ? ORDER BY issued_pos, id LIMIT ?`;
    const environment = this.#file.environmentNumber(query.environmentId);
    const { issuedPos, keyId } = query.after ?? { issuedPos: 0, keyId: '' };
    return Promise.resolve(parsed(this.#file.all<Stored>(sql, environment, id, issuedPos, keyId, query.beforePos, query.limit)));
  }

  backendKeys(environmentId: string): Promise<readonly BackendKeyState[]> {
    const sql = 'SELECT state FROM backend_keys WHERE environment = ? ORDER BY created_at DESC, id';
    return Promise.resolve(parsed(this.#file.all<Stored>(sql, this.#file.environmentNumber(environmentId))));
  }
}
