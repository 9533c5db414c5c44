import { randomBytes, randomUUID } from 'node:crypto';
import { rmSync, statSync, existsSync, appendFileSync } from 'node:fs';
import { it } from 'vitest';
import { ENV_A, keyState, membership, profile, row, userState } from '../../../../test/contract/view-fixtures.js';
import { SqliteDirectoryViews, SqliteKeyViews, SqliteViewStore, ViewsFile } from '../src/index.js';
const KEYS_ONLY = Number(process.env['N'] ?? 1e6);
const log = (...x: unknown[]) => appendFileSync('/tmp/dirbench/out.txt', x.join(' ') + '\n');
it('scale', async () => {
  const path = '/tmp/dirbench/views.db';
  const fresh = !existsSync(path) || process.env['FRESH'] === '1';
  if (fresh) for (const s of ['', '-wal', '-shm']) rmSync(path + s, { force: true });
  const file = new ViewsFile(path);
  const store = new SqliteViewStore(file), dir = new SqliteDirectoryViews(file), keys = new SqliteKeyViews(file);
  const BIG = '11111111-0000-4000-8000-000000000000';
  const N = KEYS_ONLY, U = 100_000;
  if (fresh) {
    let t = Date.now();
    const ids = Array.from({ length: U }, () => randomUUID());
    for (let i = 0; i < U; i += 500) await store.save('d', 1, i + 1, ids.slice(i, i + 500).map((id, j) => row('users', userState(id, { createdAtMs: 1e12 + i + j, email: `user${i + j}@example.test`, profile: profile({ username: (i + j) % 2 ? `name${i + j}` : null }), memberships: { [BIG]: membership('Member') } }), i + 1)));
    log('users saved', Date.now() - t); t = Date.now();
    const orgs = Array.from({ length: 1000 }, () => randomUUID());
    for (let i = 0; i < N; i += 500) {
      await store.save('k', 1, i + 1, Array.from({ length: 500 }, (_, j) => {
        const n = i + j;
        return row('apiKeys', keyState(randomBytes(16).toString('hex'), { createdAtMs: 1.7e12 + n, issuedPos: n, userId: n % 2 ? (n % 10 === 1 ? 'busy-user' : ids[n % U] ?? null) : null, orgId: n % 2 ? null : orgs[n % 1000] ?? null, creatorId: n % 2 ? null : ids[n % U] ?? null, expiresAtMs: n % 3 ? null : 1.7e12 + 2 * n, revokedPos: n % 10 === 0 ? 5 : null, metadata: { scopes: ['a', 'b', 'c'] }, displayName: 'key ' + n }), i + 1);
      }));
      if (i % 100_000 === 0) log(i, Date.now() - t);
    }
    log('keys saved cpu', JSON.stringify(process.cpuUsage()), Date.now() - t, statSync(path).size / 1e6);
  }
  const q = async (name: string, f: () => Promise<unknown>) => {
    const times = [];
    let r: unknown;
    for (let k = 0; k < 4; k++) { const t = performance.now(); r = await f(); times.push((performance.now() - t).toFixed(1)); }
    const page = r as { total?: number; rows?: unknown[] };
    log(name.padEnd(44), times.join(' '), page.total, page.rows?.length);
  };
  const k = (c: object) => () => keys.queryKeys({ environmentId: ENV_A, archived: false, nowMs: 1.7e12 + 1e6, userId: null, orgId: null, pageNumber: 0, pageSize: 10, ...c });
  await q('keys env current p0', k({}));
  await q('keys env current deep', k({ pageNumber: 60_000 }));
  await q('keys env archived p0', k({ archived: true }));
  await q('keys env archived deep', k({ archived: true, pageNumber: 10_000 }));
  await q('keys env archived, few expired', k({ archived: true, nowMs: 1.7e12 + 1000 }));
  await q('keys env current, all with expiry expired', k({ nowMs: 9e12 }));
  await q('keys user (busy, 100k)', k({ userId: 'busy-user' }));
  await q('keys user busy archived', k({ userId: 'busy-user', archived: true }));
  const some = (await dir.queryUsers({ environmentId: ENV_A, orderBy: 'CREATED_AT_ASC', emailOrUsername: null, legacyUserId: null, orgId: null, role: null, pageNumber: 0, pageSize: 2 })).rows[1];
  await q('keys user (few)', k({ userId: some?.userId ?? '' }));
  await q('keys user+org', k({ userId: 'busy-user', orgId: 'none' }));
  await q('principal chunk 500', () => keys.keysOfPrincipal({ environmentId: ENV_A, principal: { userId: 'busy-user' }, beforePos: 1e9, afterKeyId: '8', limit: 500 }));
  const u = (c: object) => () => dir.queryUsers({ environmentId: ENV_A, orderBy: 'CREATED_AT_DESC', emailOrUsername: null, legacyUserId: null, orgId: null, role: null, pageNumber: 0, pageSize: 10, ...c });
  for (const orderBy of ['CREATED_AT_ASC', 'CREATED_AT_DESC', 'LAST_ACTIVE_AT_ASC', 'LAST_ACTIVE_AT_DESC', 'EMAIL', 'USERNAME']) {
    await q(`users ${orderBy}`, u({ orderBy }));
    await q(`users ${orderBy} search`, u({ orderBy, emailOrUsername: 'user9999' }));
    await q(`members ${orderBy}`, u({ orderBy, orgId: BIG }));
  }
  await q('users deep', u({ pageNumber: 9_999 }));
  await q('users legacy', u({ legacyUserId: 'x' }));
  await q('members role', u({ orgId: BIG, role: 'Member' }));
  await q('members search', u({ orgId: BIG, emailOrUsername: 'user9999' }));
  await q('users by email x100', () => dir.usersByEmail(ENV_A, Array.from({ length: 100 }, (_, i) => `USER${i}@example.test`)));
  await store.close();
}, 1_200_000);
