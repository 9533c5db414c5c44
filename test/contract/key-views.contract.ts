import type { ApiKeyState } from '@app/domain';
import type { CreatedPlace, KeyQuery, PrincipalKeysQuery } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backendKeyState, ENV_A, ENV_B, keyState, type OpenViews, saveAll, type ViewAdapters } from './view-fixtures.js';

const NOW = 5_000;
const keys = (changes: Partial<KeyQuery> = {}): KeyQuery => ({
  environmentId: ENV_A,
  life: 'active',
  nowMs: NOW,
  endedAfterMs: null,
  userId: null,
  orgId: null,
  personalOnly: false,
  keyIdPart: null,
  orderBy: 'CREATED_AT_DESC',
  pageNumber: 0,
  pageSize: 10,
  ...changes,
});

/** What every `KeyViews` must answer. `many`: how many keys are a lot to it; a multiple of 25, above 200. */
export const keyViewsContract = (adapter: string, open: OpenViews, many = 2_500): void => {
  describe(`KeyViews: ${adapter}`, () => {
    let views: ViewAdapters;
    beforeEach(async () => {
      views = await open();
    });
    afterEach(() => views.store.close());

    const found = async (changes: Partial<KeyQuery>) => {
      const { rows, total } = await views.keys.queryKeys(keys(changes));
      return { ids: rows.map(({ keyId }) => keyId), total };
    };
    const principal = async (changes: Pick<PrincipalKeysQuery, 'principal'> & Partial<PrincipalKeysQuery>) =>
      (await views.keys.keysOfPrincipal({ environmentId: ENV_A, beforePos: 100, after: null, limit: 10, ...changes })).map(({ keyId }) => keyId);

    it('a key is current until the millisecond it expires, is revoked or is invalidated; then it is archived', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('never'),
        keyState('later', { expiresAtMs: NOW + 1 }),
        keyState('now', { expiresAtMs: NOW }),
        keyState('past', { expiresAtMs: 1 }),
        keyState('revoked', { revokedPos: 3, revokedAtMs: 3 }),
        keyState('invalidated', { invalidatedBy: [7] }),
        keyState('both', { revokedPos: 3, revokedAtMs: 3, expiresAtMs: 1 }),
      ]);
      expect(await found({})).toEqual({ ids: ['later', 'never'], total: 2 });
      expect(await found({ life: 'archived' })).toEqual({ ids: ['both', 'invalidated', 'now', 'past', 'revoked'], total: 5 });
      expect((await found({ nowMs: 0 })).total).toBe(4);
    });

    it('the keys of an organization come in parts, newest first, ties by id: living ones, and those that ended after a time', async () => {
      const ofOrg = (keyId: string, createdAtMs: number, changes: Partial<Parameters<typeof keyState>[1]> = {}) =>
        keyState(keyId, { orgId: 'o', userId: null, createdAtMs, ...changes });
      await saveAll(views.store, 'apiKeys', [
        ...Array.from({ length: 7 }, (_, index) => ofOrg(`same-${String(index)}`, 50)),
        ofOrg('newest', 90),
        ofOrg('revoked', 60, { revokedPos: 9, revokedAtMs: 4_000 }),
        ofOrg('long-revoked', 70, { revokedPos: 9, revokedAtMs: 1_000 }),
        ofOrg('expired', 40, { expiresAtMs: 4_500 }),
        ofOrg('long-expired', 80, { expiresAtMs: 900 }),
        ofOrg('later', 30, { expiresAtMs: NOW + 1 }),
        keyState('of-another', { orgId: 'other', userId: null, createdAtMs: 55 }),
        keyState('of-a-user', { createdAtMs: 55 }),
      ]);
      const walk = async (limit: number): Promise<readonly string[]> => {
        const seen: string[] = [];
        for (let after: CreatedPlace | null = null; ;) {
          const rows: readonly ApiKeyState[] = await views.keys.organizationKeys({
            environmentId: ENV_A,
            orgId: 'o',
            nowMs: NOW,
            endedAfterMs: 2_000,
            after,
            limit,
          });
          seen.push(...rows.map(({ keyId }) => keyId));
          const last = rows.at(-1);
          if (last === undefined) return seen;
          after = { createdAtMs: last.createdAtMs, keyId: last.keyId };
        }
      };
      const all = ['newest', 'revoked', ...Array.from({ length: 7 }, (_, index) => `same-${String(index)}`), 'expired', 'later'];
      for (const limit of [1, 2, 3, 100]) expect(await walk(limit)).toEqual(all);
      expect(await views.keys.organizationKeys({ environmentId: ENV_B, orgId: 'o', nowMs: NOW, endedAfterMs: 0, after: null, limit: 9 })).toEqual([]);
    });

    it('a key that is reinstated is current again', async () => {
      await saveAll(views.store, 'apiKeys', [keyState('k', { invalidatedBy: [7] })]);
      await views.store.save('fixture', 1, 2, [{ view: 'apiKeys', id: 'k', pos: 2, state: keyState('k') }]);
      expect(await found({})).toEqual({ ids: ['k'], total: 1 });
      expect((await found({ life: 'archived' })).total).toBe(0);
    });

    it('lists come newest first, ties by id, archived ones of every kind in one order', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('a', { createdAtMs: 1 }),
        keyState('c', { createdAtMs: 2 }),
        keyState('b', { createdAtMs: 2 }),
        keyState('r1', { createdAtMs: 3, revokedPos: 1 }),
        keyState('x2', { createdAtMs: 4, expiresAtMs: 1 }),
        keyState('r3', { createdAtMs: 5, revokedPos: 1 }),
      ]);
      expect((await found({})).ids).toEqual(['b', 'c', 'a']);
      expect((await found({ life: 'archived' })).ids).toEqual(['r3', 'x2', 'r1']);
      expect(await found({ life: 'archived', pageNumber: 1, pageSize: 2 })).toEqual({ ids: ['r1'], total: 3 });
    });

    it('pages cover every key once whether few or most of them have expired', async () => {
      const [expired, current] = [many * 0.48, many * 0.52];
      const states = Array.from({ length: many }, (_, index) =>
        keyState(`k${index}`, { createdAtMs: index % 7, expiresAtMs: index < expired ? 1 : index < many * 0.96 ? null : NOW + 1, userId: 'u1', orgId: 'o1' }),
      );
      await saveAll(views.store, 'apiKeys', states);
      for (const scope of [{}, { userId: 'u1' }, { orgId: 'o1' }, { userId: 'u1', orgId: 'o1' }]) {
        for (const [life, total] of [
          ['active', current],
          ['archived', expired],
          ['any', many],
        ] as const) {
          const pages = [];
          for (let pageNumber = 0; pageNumber * 100 < total; pageNumber += 1) pages.push(await found({ life, pageNumber, pageSize: 100, ...scope }));
          expect(pages.every((page) => page.total === total)).toBe(true);
          expect(new Set(pages.flatMap(({ ids }) => ids)).size).toBe(total);
        }
      }
      expect(await found({ pageNumber: 1_000_000, pageSize: 100 })).toEqual({ ids: [], total: current });
    });

    it('active and archived keys come in one list where both are asked for, in each order, and ascending is descending backwards', async () => {
      await saveAll(
        views.store,
        'apiKeys',
        [
          keyState('a', { createdAtMs: 1, expiresAtMs: NOW + 2 }),
          keyState('b', { createdAtMs: 2, revokedPos: 1, revokedAtMs: 3, expiresAtMs: NOW + 3 }),
          keyState('c', { createdAtMs: 3, expiresAtMs: 9 }),
          keyState('d', { createdAtMs: 3 }),
          keyState('e', { createdAtMs: 4, invalidatedBy: [1] }),
          keyState('f', { createdAtMs: 5, expiresAtMs: NOW + 2 }),
        ].map((state) => ({ ...state, userId: 'u1', orgId: 'o1' })),
      );
      for (const scope of [{}, { userId: 'u1' }, { orgId: 'o1' }]) {
        const ids = async (orderBy: KeyQuery['orderBy'], life: KeyQuery['life'] = 'any') => (await found({ ...scope, life, orderBy })).ids.join('');
        expect(await ids('CREATED_AT_DESC')).toBe('fecdba');
        expect(await ids('CREATED_AT_ASC')).toBe('abdcef');
        expect(await ids('EXPIRES_AT_DESC')).toBe('debafc');
        expect(await ids('EXPIRES_AT_ASC')).toBe('cfabed');
        expect([await ids('CREATED_AT_ASC', 'active'), await ids('EXPIRES_AT_DESC', 'active')]).toEqual(['adf', 'daf']);
        expect([await ids('CREATED_AT_ASC', 'archived'), await ids('EXPIRES_AT_ASC', 'archived')]).toEqual(['bce', 'cbe']);
        expect(await found({ ...scope, life: 'any', orderBy: 'EXPIRES_AT_ASC', pageNumber: 1, pageSize: 4 })).toEqual({ ids: ['e', 'd'], total: 6 });
      }
    });

    it('leaves out what ended at or before a time: revoked, expired or invalidated, whichever was first, and no key that has yet to end', async () => {
      await saveAll(
        views.store,
        'apiKeys',
        [
          keyState('living'),
          keyState('later', { expiresAtMs: NOW + 1 }),
          keyState('expired', { expiresAtMs: 100 }),
          keyState('revoked', { revokedPos: 1, revokedAtMs: 100, expiresAtMs: NOW + 1 }),
          keyState('invalidated', { invalidatedBy: [7], invalidationTimesMs: [100], invalidatedAtMs: 100 }),
          keyState('first-revoked', { revokedPos: 1, revokedAtMs: 90, expiresAtMs: 100, invalidatedBy: [7], invalidationTimesMs: [100], invalidatedAtMs: 100 }),
          keyState('first-expired', { revokedPos: 1, revokedAtMs: 100, expiresAtMs: 90 }),
        ].map((state) => ({ ...state, userId: 'u1', orgId: 'o1' })),
      );
      for (const scope of [{}, { userId: 'u1' }, { orgId: 'o1' }]) {
        const since = async (endedAfterMs: number, life: KeyQuery['life'] = 'any') => (await found({ ...scope, life, endedAfterMs })).ids;
        expect(await since(89)).toEqual(['expired', 'first-expired', 'first-revoked', 'invalidated', 'later', 'living', 'revoked']);
        expect(await since(90)).toEqual(['expired', 'invalidated', 'later', 'living', 'revoked']);
        expect(await since(100)).toEqual(['later', 'living']);
        expect(await since(NOW + 10)).toEqual(['later', 'living']);
        expect(await since(99, 'archived')).toEqual(['expired', 'invalidated', 'revoked']);
        expect(await since(100, 'archived')).toEqual([]);
        expect(await since(NOW + 10, 'active')).toEqual(['later', 'living']);
      }
    });

    it('personal keys have a user and no organization', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('p1', { userId: 'u1' }),
        keyState('p2', { userId: 'u2' }),
        keyState('both', { userId: 'u1', orgId: 'o1' }),
        keyState('org', { orgId: 'o1' }),
        keyState('generic'),
        keyState('dead', { userId: 'u1', revokedPos: 1, revokedAtMs: 1 }),
      ]);
      expect(await found({ personalOnly: true })).toEqual({ ids: ['p1', 'p2'], total: 2 });
      expect(await found({ personalOnly: true, userId: 'u1' })).toEqual({ ids: ['p1'], total: 1 });
      expect((await found({ personalOnly: true, userId: 'u1', life: 'any' })).ids).toEqual(['dead', 'p1']);
      expect(await found({ personalOnly: true, orgId: 'o1' })).toEqual({ ids: [], total: 0 });
      expect(await found({ personalOnly: true, userId: 'u1', orgId: 'o1' })).toEqual({ ids: [], total: 0 });
    });

    it('any part of a key’s id finds it, in whatever case, and no sign in it stands for others', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('0abc1', { userId: 'u1' }),
        keyState('2abd3', { userId: 'u1', orgId: 'o1' }),
        keyState('4ab%.5', { orgId: 'o1' }),
        keyState('dead-abc', { revokedPos: 1, revokedAtMs: 1 }),
      ]);
      expect(await found({ keyIdPart: 'BC' })).toEqual({ ids: ['0abc1'], total: 1 });
      expect((await found({ keyIdPart: 'ab' })).ids).toEqual(['0abc1', '2abd3', '4ab%.5']);
      expect(await found({ keyIdPart: 'ab', userId: 'u1' })).toEqual({ ids: ['0abc1', '2abd3'], total: 2 });
      expect(await found({ keyIdPart: 'ab', userId: 'u1', personalOnly: true })).toEqual({ ids: ['0abc1'], total: 1 });
      expect(await found({ keyIdPart: '3', orgId: 'o1' })).toEqual({ ids: ['2abd3'], total: 1 });
      expect(await found({ keyIdPart: 'abc', life: 'any' })).toEqual({ ids: ['0abc1', 'dead-abc'], total: 2 });
      expect((await found({ keyIdPart: '' })).total).toBe(3);
      expect((await found({ keyIdPart: '%.' })).ids).toEqual(['4ab%.5']);
      for (const keyIdPart of ['a%c', 'a.c', 'a_c', '.*', '^0', '[a]', '\\', '(', '\0', 'ab\0', '😀', '\ud800', 'x'.repeat(10_000)]) {
        expect([keyIdPart, await found({ keyIdPart })]).toEqual([keyIdPart, { ids: [], total: 0 }]);
      }
    });

    it('a page may hold two hundred keys', async () => {
      await saveAll(
        views.store,
        'apiKeys',
        Array.from({ length: 201 }, (_, index) => keyState(`k${index}`)),
      );
      const { ids, total } = await found({ pageSize: 200 });
      expect([ids.length, total, (await found({ pageSize: 200, pageNumber: 1 })).ids.length]).toEqual([200, 201, 1]);
    });

    it('filters by user and organization are both met', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('personal', { userId: 'u1' }),
        keyState('both', { userId: 'u1', orgId: 'o1' }),
        keyState('org', { orgId: 'o1', creatorId: 'u1' }),
        keyState('generic'),
      ]);
      expect((await found({ userId: 'u1' })).ids).toEqual(['both', 'personal']);
      expect((await found({ orgId: 'o1' })).ids).toEqual(['both', 'org']);
      expect(await found({ userId: 'u1', orgId: 'o1' })).toEqual({ ids: ['both'], total: 1 });
      expect((await found({})).total).toBe(4);
    });

    it('rows of another environment are never returned', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('a', { userId: 'u', orgId: 'o', creatorId: 'c' }),
        keyState('b', { environmentId: ENV_B, userId: 'u', orgId: 'o', creatorId: 'c' }),
        keyState('ax', { userId: 'u', orgId: 'o', creatorId: 'c', expiresAtMs: 1 }),
        keyState('bx', { environmentId: ENV_B, userId: 'u', orgId: 'o', creatorId: 'c', expiresAtMs: 1 }),
      ]);
      await saveAll(views.store, 'backendKeys', [backendKeyState('ba'), backendKeyState('bb', { environmentId: ENV_B })]);
      for (const [environmentId, own, ownExpired, foreign, backend] of [
        [ENV_A, 'a', 'ax', 'b', 'ba'],
        [ENV_B, 'b', 'bx', 'a', 'bb'],
      ] as const) {
        expect((await views.keys.keyById(environmentId, own))?.keyId).toBe(own);
        expect(await views.keys.keyById(environmentId, foreign)).toBeNull();
        for (const filter of [{}, { userId: 'u' }, { orgId: 'o' }, { userId: 'u', orgId: 'o' }]) {
          expect(await found({ environmentId, ...filter })).toEqual({ ids: [own], total: 1 });
          expect(await found({ environmentId, life: 'archived', ...filter })).toEqual({ ids: [ownExpired], total: 1 });
        }
        for (const one of [{ userId: 'u' }, { orgId: 'o' }, { creatorId: 'c' }])
          expect(await principal({ environmentId, principal: one })).toEqual([own, ownExpired]);
        expect((await views.keys.backendKeys(environmentId)).map(({ backendKeyId }) => backendKeyId)).toEqual([backend]);
      }
      expect(await found({ environmentId: 'unknown' })).toEqual({ ids: [], total: 0 });
      expect(await views.keys.keyById('unknown', 'a')).toBeNull();
    });

    it('the keys of a principal come in the order in which they were issued, page by page, ended ones too, and only those issued before the cause', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('k1', { userId: 'u1', issuedPos: 5 }),
        keyState('k2', { userId: 'u1', orgId: 'o1', issuedPos: 9, revokedPos: 12 }),
        keyState('k3', { userId: 'u1', issuedPos: 10 }),
        keyState('k4', { userId: 'u1', issuedPos: 6, expiresAtMs: 1 }),
        keyState('k5', { orgId: 'o1', creatorId: 'u1', issuedPos: 6 }),
        keyState('k6', { userId: 'u2', issuedPos: 6 }),
      ]);
      expect(await principal({ principal: { userId: 'u1' }, beforePos: 10 })).toEqual(['k1', 'k4', 'k2']);
      expect(await principal({ principal: { userId: 'u1' }, beforePos: 10, limit: 2 })).toEqual(['k1', 'k4']);
      expect(await principal({ principal: { userId: 'u1' }, beforePos: 10, limit: 2, after: { issuedPos: 6, keyId: 'k4' } })).toEqual(['k2']);
      expect(await principal({ principal: { creatorId: 'u1' } })).toEqual(['k5']);
      expect(await principal({ principal: { orgId: 'o1' } })).toEqual(['k5', 'k2']);
      expect(await principal({ principal: { orgId: 'nobody' } })).toEqual([]);
    });

    it('backend keys come newest first', async () => {
      await saveAll(views.store, 'backendKeys', [backendKeyState('old', { createdAtMs: 1 }), backendKeyState('new', { createdAtMs: 2 })]);
      expect((await views.keys.backendKeys(ENV_A)).map(({ backendKeyId }) => backendKeyId)).toEqual(['new', 'old']);
    });
  });
};
