import { afterAll, beforeAll, describe } from 'vitest';
import type { ClientUnderTest } from './backend-client.js';
import { backendKeyCases } from './backend-key-cases.js';
import type { Context } from './case-context.js';
import { importedKeyCases } from './imported-key-cases.js';
import { keyCases } from './key-cases.js';
import { keyListCases } from './key-list-cases.js';
import { organizationCases } from './organization-cases.js';
import { settingCases } from './setting-cases.js';
import { tokenCases } from './token-cases.js';
import { userCases } from './user-cases.js';
import { userQueryCases } from './user-query-cases.js';

/** Everything a backend does with Keyfence, through one client, on one deployment of its own. */
export const runProductCases = (name: string, openClient: () => Promise<ClientUnderTest>): void => {
  describe(`the product through ${name}`, () => {
    let opened: ClientUnderTest | undefined;
    beforeAll(async () => {
      opened = await openClient();
    });
    afterAll(() => opened?.close());
    const context: Context = () => {
      if (opened === undefined) throw new Error('The client is not open.');
      return opened;
    };

    describe('keys', () => keyCases(context));
    describe('lists of keys', () => keyListCases(context));
    describe('imported keys', () => importedKeyCases(context));
    describe('users', () => userCases(context));
    describe('finding users', () => userQueryCases(context));
    describe('organizations', () => organizationCases(context));
    describe('access tokens', () => tokenCases(context));
    describe('backend keys', () => backendKeyCases(context));
    // Last, because they change what holds for the whole environment.
    describe('settings', () => settingCases(context));
  });
};
