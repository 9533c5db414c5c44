import type { KeyQuery, PrincipalKeysQuery } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backendKeyState, ENV_A, ENV_B, keyState, type OpenViews, saveAll, type ViewAdapters } from './view-fixtures.js';

const NOW = 5_000;
const keys = (changes: Partial<KeyQuery> = {}): KeyQuery => ({
  environmentId: ENV_A, archived: false, nowMs: NOW, userId: null, orgId: null, pageNumber: 0, pageSize: 10, ...changes,
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
        keyState('never'), keyState('later', { expiresAtMs: NOW + 1 }), keyState('now', { expiresAtMs: NOW }), keyState('past', { expiresAtMs: 1 }),
        keyState('revoked', { revokedPos: 3, revokedAtMs: 3 }), keyState('invalidated', { invalidatedBy: [7] }),
        keyState('both', { revokedPos: 3, revokedAtMs: 3, expiresAtMs: 1 }),
      ]);
      expect(await found({})).toEqual({ ids: ['later', 'never'], total: 2 });
      expect(await found({ archived: true })).toEqual({ ids: ['both', 'invalidated', 'now', 'past', 'revoked'], total: 5 });
      expect((await found({ nowMs: 0 })).total).toBe(4);
    });

    it('a key that is reinstated is current again', async () => {
      await saveAll(views.store, 'apiKeys', [keyState('k', { invalidatedBy: [7] })]);
      await views.store.save('fixture', 1, 2, [{ view: 'apiKeys', id: 'k', pos: 2, state: keyState('k') }]);
      expect(await found({})).toEqual({ ids: ['k'], total: 1 });
      expect((await found({ archived: true })).total).toBe(0);
    });

    it('lists come newest first, ties by id, archived ones of every kind in one order', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('a', { createdAtMs: 1 }), keyState('c', { createdAtMs: 2 }), keyState('b', { createdAtMs: 2 }),
        keyState('r1', { createdAtMs: 3, revokedPos: 1 }), keyState('x2', { createdAtMs: 4, expiresAtMs: 1 }), keyState('r3', { createdAtMs: 5, revokedPos: 1 }),
      ]);
      expect((await found({})).ids).toEqual(['b', 'c', 'a']);
      expect((await found({ archived: true })).ids).toEqual(['r3', 'x2', 'r1']);
      expect(await found({ archived: true, pageNumber: 1, pageSize: 2 })).toEqual({ ids: ['r1'], total: 3 });
    });

    it('pages cover every key once whether few or most of them have expired', async () => {
      const [expired, current] = [many * 0.48, many * 0.52];
      const states = Array.from({ length: many }, (_, index) =>
        keyState(`k${index}`, { createdAtMs: index % 7, expiresAtMs: index < expired ? 1 : index < many * 0.96 ? null : NOW + 1, userId: 'u1', orgId: 'o1' }));
      await saveAll(views.store, 'apiKeys', states);
      for (const scope of [{}, { userId: 'u1' }, { orgId: 'o1' }, { userId: 'u1', orgId: 'o1' }]) {
        for (const [archived, total] of [[false, current], [true, expired]] as const) {
          const pages = [];
          for (let pageNumber = 0; pageNumber * 100 < total; pageNumber += 1) pages.push(await found({ archived, pageNumber, pageSize: 100, ...scope }));
          expect(pages.every((page) => page.total === total)).toBe(true);
          expect(new Set(pages.flatMap(({ ids }) => ids)).size).toBe(total);
        }
      }
      expect(await found({ pageNumber: 1_000_000, pageSize: 100 })).toEqual({ ids: [], total: current });
    });

    it('filters by user and organization are both met', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('personal', { userId: 'u1' }), keyState('both', { userId: 'u1', orgId: 'o1' }), keyState('org', { orgId: 'o1', creatorId: 'u1' }), keyState('generic'),
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
      for (const [environmentId, own, ownExpired, foreign, backend] of [[ENV_A, 'a', 'ax', 'b', 'ba'], [ENV_B, 'b', 'bx', 'a', 'bb']] as const) {
        expect((await views.keys.keyById(environmentId, own))?.keyId).toBe(own);
        expect(await views.keys.keyById(environmentId, foreign)).toBeNull();
        for (const filter of [{}, { userId: 'u' }, { orgId: 'o' }, { userId: 'u', orgId: 'o' }]) {
          expect(await found({ environmentId, ...filter })).toEqual({ ids: [own], total: 1 });
          expect(await found({ environmentId, archived: true, ...filter })).toEqual({ ids: [ownExpired], total: 1 });
        }
        for (const one of [{ userId: 'u' }, { orgId: 'o' }, { creatorId: 'c' }]) expect(await principal({ environmentId, principal: one })).toEqual([own, ownExpired]);
        expect((await views.keys.backendKeys(environmentId)).map(({ backendKeyId }) => backendKeyId)).toEqual([backend]);
      }
      expect(await found({ environmentId: 'unknown' })).toEqual({ ids: [], total: 0 });
      expect(await views.keys.keyById('unknown', 'a')).toBeNull();
    });

    it('the keys of a principal come in the order in which they were issued, page by page, ended ones too, and only those issued before the cause', async () => {
      await saveAll(views.store, 'apiKeys', [
        keyState('k1', { userId: 'u1', issuedPos: 5 }), keyState('k2', { userId: 'u1', orgId: 'o1', issuedPos: 9, revokedPos: 12 }),
        keyState('k3', { userId: 'u1', issuedPos: 10 }), keyState('k4', { userId: 'u1', issuedPos: 6, expiresAtMs: 1 }),
        keyState('k5', { orgId: 'o1', creatorId: 'u1', issuedPos: 6 }), keyState('k6', { userId: 'u2', issuedPos: 6 }),
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
