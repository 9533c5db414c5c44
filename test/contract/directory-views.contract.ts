import type { OrganizationQuery, UserQuery } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ENV_A,
  ENV_B,
  environmentState,
  membership,
  type OpenViews,
  organizationState,
  profile,
  saveAll,
  userState,
  type ViewAdapters,
} from './view-fixtures.js';

const users = (changes: Partial<UserQuery> = {}): UserQuery => ({
  environmentId: ENV_A,
  orderBy: 'CREATED_AT_DESC',
  emailOrUsername: null,
  legacyUserId: null,
  orgId: null,
  role: null,
  pageNumber: 0,
  pageSize: 10,
  ...changes,
});
const organizations = (changes: Partial<OrganizationQuery> = {}): OrganizationQuery => ({
  environmentId: ENV_A,
  orderBy: 'CREATED_AT_DESC',
  name: null,
  legacyOrgId: null,
  domain: null,
  pageNumber: 0,
  pageSize: 10,
  ...changes,
});

/** What every `DirectoryViews` must answer. */
export const directoryViewsContract = (adapter: string, open: OpenViews): void => {
  describe(`DirectoryViews: ${adapter}`, () => {
    let views: ViewAdapters;
    beforeEach(async () => {
      views = await open();
    });
    afterEach(() => views.store.close());

    const foundUsers = async (changes: Partial<UserQuery>) => {
      const { rows, total } = await views.directory.queryUsers(users(changes));
      return { ids: rows.map(({ userId }) => userId), total };
    };
    const foundOrganizations = async (changes: Partial<OrganizationQuery>) => {
      const { rows, total } = await views.directory.queryOrganizations(organizations(changes));
      return { ids: rows.map(({ orgId }) => orgId), total };
    };

    it('environments come in the order of their creation', async () => {
      await saveAll(views.store, 'environments', [environmentState(ENV_B, { createdAtMs: 2 }), environmentState(ENV_A, { createdAtMs: 1 })]);
      expect((await views.directory.environments()).map(({ environmentId }) => environmentId)).toEqual([ENV_A, ENV_B]);
    });

    it('addresses and user names are found whatever their case, beyond ASCII too', async () => {
      await saveAll(views.store, 'users', [userState('u1', { email: 'Ärla@Example.Test', profile: profile({ username: 'ÄRLA' }) })]);
      expect((await views.directory.usersByEmail(ENV_A, ['ärla@EXAMPLE.test']))[0]?.userId).toBe('u1');
      expect((await views.directory.usersByUsername(ENV_A, ['ärla']))[0]?.userId).toBe('u1');
    });

    it('a batch answers in the order asked, each user once, missing ones left out', async () => {
      await saveAll(views.store, 'users', [userState('u1'), userState('u2'), userState('u3')]);
      const found = await views.directory.userById(ENV_A, ['u3', 'nobody', 'u1', 'u3']);
      expect(found.map(({ userId }) => userId)).toEqual(['u3', 'u1']);
    });

    it('deleted users and organizations are in no answer', async () => {
      await saveAll(views.store, 'users', [
        userState('gone', { deleted: true, memberships: { o1: membership('Owner') }, profile: profile({ username: 'gone' }) }),
        userState('here'),
      ]);
      await saveAll(views.store, 'organizations', [organizationState('closed', { deleted: true }), organizationState('open')]);
      expect(await views.directory.userById(ENV_A, ['gone'])).toEqual([]);
      expect(await views.directory.usersByEmail(ENV_A, ['gone@example.test'])).toEqual([]);
      expect(await views.directory.usersByUsername(ENV_A, ['gone'])).toEqual([]);
      expect(await foundUsers({})).toEqual({ ids: ['here'], total: 1 });
      expect(await foundUsers({ orgId: 'o1' })).toEqual({ ids: [], total: 0 });
      expect(await views.directory.organizationsById(ENV_A, ['closed'])).toEqual([]);
      expect(await foundOrganizations({})).toEqual({ ids: ['open'], total: 1 });
    });

    it('rows of another environment are never returned', async () => {
      await saveAll(views.store, 'users', [
        userState('a1', { email: 'same@example.test', memberships: { o1: membership('Member') }, profile: profile({ username: 'same', legacyUserId: 'l' }) }),
        userState('b1', {
          environmentId: ENV_B,
          email: 'same@example.test',
          memberships: { o1: membership('Member') },
          profile: profile({ username: 'same', legacyUserId: 'l' }),
        }),
      ]);
      await saveAll(views.store, 'organizations', [
        organizationState('oa', { profile: { name: 'same', domain: 'd.test', legacyOrgId: 'l' } }),
        organizationState('ob', { environmentId: ENV_B, profile: { name: 'same', domain: 'd.test', legacyOrgId: 'l' } }),
      ]);
      for (const [environmentId, user, org, otherUser, otherOrg] of [
        [ENV_A, 'a1', 'oa', 'b1', 'ob'],
        [ENV_B, 'b1', 'ob', 'a1', 'oa'],
      ] as const) {
        expect(await views.directory.userById(environmentId, [otherUser])).toEqual([]);
        expect((await views.directory.usersByEmail(environmentId, ['same@example.test'])).map(({ userId }) => userId)).toEqual([user]);
        expect((await views.directory.usersByUsername(environmentId, ['same'])).map(({ userId }) => userId)).toEqual([user]);
        for (const filter of [{}, { emailOrUsername: 'same' }, { legacyUserId: 'l' }, { orgId: 'o1' }, { orgId: 'o1', role: 'Member' }]) {
          expect(await foundUsers({ environmentId, ...filter })).toEqual({ ids: [user], total: 1 });
        }
        expect(await views.directory.organizationsById(environmentId, [otherOrg])).toEqual([]);
        for (const filter of [{}, { name: 'same' }, { legacyOrgId: 'l' }, { domain: 'd.test' }]) {
          expect(await foundOrganizations({ environmentId, ...filter })).toEqual({ ids: [org], total: 1 });
        }
      }
    });

    it('an environment without rows returns nothing', async () => {
      expect(await foundUsers({ environmentId: 'unknown' })).toEqual({ ids: [], total: 0 });
      expect(await foundOrganizations({ environmentId: 'unknown' })).toEqual({ ids: [], total: 0 });
      expect(await views.directory.usersByEmail('unknown', ['a@example.test'])).toEqual([]);
    });

    it('users come in each order, ties by id, and those without a user name last', async () => {
      await saveAll(views.store, 'users', [
        userState('u1', { createdAtMs: 1, lastActiveAtMs: 9, email: 'c@x.test' }),
        userState('u2', { createdAtMs: 2, lastActiveAtMs: 8, email: 'B@x.test', profile: profile({ username: 'zoe' }) }),
        userState('u3', { createdAtMs: 2, lastActiveAtMs: 7, email: 'a@x.test', profile: profile({ username: 'Adam' }) }),
      ]);
      expect((await foundUsers({ orderBy: 'CREATED_AT_DESC' })).ids).toEqual(['u2', 'u3', 'u1']);
      expect((await foundUsers({ orderBy: 'CREATED_AT_ASC' })).ids).toEqual(['u1', 'u3', 'u2']);
      expect((await foundUsers({ orderBy: 'LAST_ACTIVE_AT_DESC' })).ids).toEqual(['u1', 'u2', 'u3']);
      expect((await foundUsers({ orderBy: 'LAST_ACTIVE_AT_ASC' })).ids).toEqual(['u3', 'u2', 'u1']);
      expect((await foundUsers({ orderBy: 'EMAIL' })).ids).toEqual(['u3', 'u2', 'u1']);
      expect((await foundUsers({ orderBy: 'USERNAME' })).ids).toEqual(['u3', 'u2', 'u1']);
    });

    it('pages cover every user once, and a page past the end is empty with the same total', async () => {
      await saveAll(
        views.store,
        'users',
        Array.from({ length: 25 }, (_, index) => userState(`u${index}`, { createdAtMs: index % 3 })),
      );
      const pages = [];
      for (const pageNumber of [0, 1, 2]) pages.push(await foundUsers({ pageNumber }));
      expect(pages.map(({ ids }) => ids.length)).toEqual([10, 10, 5]);
      expect(new Set(pages.flatMap(({ ids }) => ids)).size).toBe(25);
      expect(await foundUsers({ pageNumber: 1_000_000, pageSize: 100 })).toEqual({ ids: [], total: 25 });
    });

    it('a search finds parts of addresses and user names, and takes %, _ and \\ as they are', async () => {
      await saveAll(views.store, 'users', [
        userState('u1', { email: 'first_last@example.test' }),
        userState('u2', { email: 'firstXlast@example.test' }),
        userState('u3', { profile: profile({ username: '100%\\sure' }) }),
        userState('u4', { profile: profile({ username: '1000 sure' }) }),
      ]);
      expect(await foundUsers({ emailOrUsername: 'FIRST_L' })).toEqual({ ids: ['u1'], total: 1 });
      expect(await foundUsers({ emailOrUsername: '100%' })).toEqual({ ids: ['u3'], total: 1 });
      expect(await foundUsers({ emailOrUsername: '%\\S' })).toEqual({ ids: ['u3'], total: 1 });
      expect((await foundUsers({ emailOrUsername: '' })).total).toBe(4);
    });

    it('members are the active ones, by exact role or additional role, each once', async () => {
      await saveAll(views.store, 'users', [
        userState('owner', { memberships: { o1: membership('Owner', { additionalRoles: ['Admin', 'Owner', 'Admin'] }), o2: membership('Member') } }),
        userState('member', { memberships: { o1: membership('Member') } }),
        userState('left', { memberships: { o1: membership('Owner', { active: false }) } }),
      ]);
      expect(await foundUsers({ orgId: 'o1' })).toEqual({ ids: ['member', 'owner'], total: 2 });
      expect(await foundUsers({ orgId: 'o1', role: 'Owner' })).toEqual({ ids: ['owner'], total: 1 });
      expect(await foundUsers({ orgId: 'o1', role: 'Admin' })).toEqual({ ids: ['owner'], total: 1 });
      expect(await foundUsers({ orgId: 'o1', role: 'owner' })).toEqual({ ids: [], total: 0 });
      expect(await foundUsers({ orgId: 'o1', emailOrUsername: 'memb' })).toEqual({ ids: ['member'], total: 1 });
      expect(await foundUsers({ orgId: 'unknown' })).toEqual({ ids: [], total: 0 });
    });

    it('a large organization is answered like a small one, in every order and search, and without the users of others', async () => {
      const numbers = Array.from({ length: 1_100 }, (_, index) => index);
      await saveAll(
        views.store,
        'users',
        numbers.flatMap((index) => [
          userState(`m${index}`, {
            createdAtMs: index,
            lastActiveAtMs: index,
            email: `m${String(index).padStart(4, '0')}@x.test`,
            profile: profile({ username: `n${String(index).padStart(4, '0')}` }),
            memberships: { big: membership(index % 2 === 0 ? 'Admin' : 'Member', { additionalRoles: ['Extra'] }), other: membership('Owner') },
          }),
          userState(`stranger${index}`, { createdAtMs: index }),
        ]),
      );
      for (const orderBy of ['CREATED_AT_ASC', 'LAST_ACTIVE_AT_ASC', 'EMAIL', 'USERNAME'] as const) {
        expect(await foundUsers({ orgId: 'big', orderBy, pageNumber: 1, pageSize: 2 })).toEqual({ ids: ['m2', 'm3'], total: 1_100 });
      }
      expect(await foundUsers({ orgId: 'big', orderBy: 'EMAIL', emailOrUsername: 'M109' })).toEqual({
        ids: numbers.slice(1_090).map((index) => `m${index}`),
        total: 10,
      });
      expect(await foundUsers({ orgId: 'big', role: 'Admin', orderBy: 'EMAIL', pageSize: 1 })).toEqual({ ids: ['m0'], total: 550 });
      expect((await foundUsers({ orgId: 'big', role: 'Extra', emailOrUsername: 'm10' })).total).toBe(100);
    });

    it('who leaves or changes the role is found under the new state only', async () => {
      await saveAll(views.store, 'users', [userState('u1', { memberships: { o1: membership('Owner'), o2: membership('Owner') } })]);
      const after = userState('u1', { memberships: { o1: membership('Owner', { active: false }), o2: membership('Member') } });
      await views.store.save('fixture', 1, 2, [{ view: 'users', id: 'u1', pos: 2, state: after }]);
      expect((await foundUsers({ orgId: 'o1' })).total).toBe(0);
      expect((await foundUsers({ orgId: 'o2', role: 'Owner' })).total).toBe(0);
      expect((await foundUsers({ orgId: 'o2', role: 'Member' })).total).toBe(1);
    });

    it('organizations are found by part of their name, by legacy id and by domain, in each order', async () => {
      await saveAll(views.store, 'organizations', [
        organizationState('o1', { createdAtMs: 1, profile: { name: 'beta_50%', legacyOrgId: 'L1', domain: 'Beta.Test' } }),
        organizationState('o2', { createdAtMs: 2, profile: { name: 'Alpha' } }),
        organizationState('o3', { createdAtMs: 2, profile: { name: 'gamma' } }),
      ]);
      expect((await foundOrganizations({ orderBy: 'NAME' })).ids).toEqual(['o2', 'o1', 'o3']);
      expect((await foundOrganizations({ orderBy: 'CREATED_AT_DESC' })).ids).toEqual(['o2', 'o3', 'o1']);
      expect((await foundOrganizations({ orderBy: 'CREATED_AT_ASC' })).ids).toEqual(['o1', 'o3', 'o2']);
      expect((await foundOrganizations({ name: 'A_5' })).ids).toEqual(['o1']);
      expect((await foundOrganizations({ name: 'a%' })).ids).toEqual([]);
      expect((await foundOrganizations({ legacyOrgId: 'L1' })).ids).toEqual(['o1']);
      expect((await foundOrganizations({ domain: 'beta.test' })).ids).toEqual(['o1']);
      expect(await foundOrganizations({ pageNumber: 1, pageSize: 2 })).toEqual({ ids: ['o1'], total: 3 });
    });
  });
};
