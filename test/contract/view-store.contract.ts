import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENV_A, ENV_B, environmentState, keyState, membership, type OpenViews, organizationState, row, userState, type ViewAdapters } from './view-fixtures.js';

/** What every `ViewStore` must keep, whatever it is made of. */
export const viewStoreContract = (adapter: string, open: OpenViews): void => {
  describe(`ViewStore: ${adapter}`, () => {
    let views: ViewAdapters;
    beforeEach(async () => {
      views = await open();
    });
    afterEach(() => views.store.close());

    it('a projection that never ran stands at 0', async () => {
      expect(await views.store.position('directory', 1)).toBe(0);
    });

    it('a saved state is loaded as it was saved, with its position, and unknown ids are left out', async () => {
      const user = userState('u1', { memberships: { o1: membership('Owner') } });
      await views.store.save('directory', 1, 7, [row('users', user, 7), row('environments', environmentState(ENV_A), 3)]);
      const loaded = await views.store.load('users', ['u1', 'nobody']);
      expect([...loaded.values()]).toEqual([{ view: 'users', id: 'u1', pos: 7, state: user }]);
      expect((await views.store.load('environments', [ENV_A])).get(ENV_A)?.pos).toBe(3);
      expect(await views.store.position('directory', 1)).toBe(7);
    });

    it('ids of one view find nothing in another', async () => {
      await views.store.save('directory', 1, 1, [row('organizations', organizationState('x'))]);
      expect((await views.store.load('users', ['x'])).size).toBe(0);
    });

    it('a write with an older position is ignored, and so is what it would have changed in queries', async () => {
      const renamed = userState('u1', { email: 'new@example.test' });
      await views.store.save('directory', 1, 5, [row('users', renamed, 5)]);
      await views.store.save('directory', 1, 4, [row('users', userState('u1', { email: 'old@example.test', memberships: { o1: membership('Owner') } }), 4)]);
      expect((await views.store.load('users', ['u1'])).get('u1')?.state.email).toBe('new@example.test');
      expect(await views.directory.usersByEmail(ENV_A, ['old@example.test'])).toEqual([]);
      const members = {
        environmentId: ENV_A,
        orderBy: 'EMAIL',
        emailOrUsername: null,
        legacyUserId: null,
        orgId: 'o1',
        role: null,
        pageNumber: 0,
        pageSize: 10,
      } as const;
      expect((await views.directory.queryUsers(members)).total).toBe(0);
    });

    it('a save that is older than another writer’s never takes the projection back', async () => {
      await views.store.save('directory', 1, 9, []);
      await views.store.save('directory', 1, 8, []);
      expect(await views.store.position('directory', 1)).toBe(9);
    });

    it('repeating a save changes nothing', async () => {
      const rows = [row('users', userState('u1', { memberships: { o1: membership('Owner', { additionalRoles: ['Admin'] }) } }), 2)];
      await views.store.save('directory', 1, 2, rows);
      await views.store.save('directory', 1, 2, rows);
      expect(await views.store.position('directory', 1)).toBe(2);
      const members = {
        environmentId: ENV_A,
        orderBy: 'EMAIL',
        emailOrUsername: null,
        legacyUserId: null,
        orgId: 'o1',
        role: null,
        pageNumber: 0,
        pageSize: 10,
      } as const;
      expect((await views.directory.queryUsers(members)).total).toBe(1);
    });

    it('a batch larger than one transaction is stored whole', async () => {
      const states = Array.from({ length: 1_201 }, (_, index) => keyState(index.toString(16).padStart(32, '0')));
      await views.store.save(
        'keys',
        1,
        1,
        states.map((state) => row('apiKeys', state)),
      );
      const query = {
        environmentId: ENV_A,
        life: 'active',
        nowMs: 0,
        endedAfterMs: null,
        userId: null,
        orgId: null,
        personalOnly: false,
        keyIdPart: null,
        orderBy: 'CREATED_AT_DESC',
        pageNumber: 0,
        pageSize: 1,
      } as const;
      expect((await views.keys.queryKeys(query)).total).toBe(1_201);
    });

    it('rows and positions survive closing and opening again', async () => {
      await views.store.save('directory', 1, 4, [row('users', userState('u1'), 4), row('users', userState('u2', { environmentId: ENV_B }), 4)]);
      views = await views.reopen();
      expect(await views.store.position('directory', 1)).toBe(4);
      expect((await views.store.load('users', ['u1', 'u2'])).size).toBe(2);
      expect(await views.directory.userById(ENV_B, ['u1', 'u2'])).toEqual([userState('u2', { environmentId: ENV_B })]);
    });

    it('another version of a projection starts at 0 without the rows of the version before, and leaves other projections alone', async () => {
      await views.store.save('directory', 1, 4, [row('users', userState('u1', { memberships: { o1: membership('Owner') } }), 4)]);
      await views.store.save('keys', 1, 4, [row('apiKeys', keyState('k1'), 4)]);
      expect(await views.store.position('directory', 2)).toBe(0);
      expect((await views.store.load('users', ['u1'])).size).toBe(0);
      expect(await views.store.position('keys', 1)).toBe(4);
      expect((await views.store.load('apiKeys', ['k1'])).size).toBe(1);
      // The same position under the new version: without the wipe the guard would keep the old fold forever.
      await views.store.save('directory', 2, 4, [row('users', userState('u1', { email: 'refolded@example.test' }), 4)]);
      expect((await views.store.load('users', ['u1'])).get('u1')?.state.email).toBe('refolded@example.test');
    });
  });
};
