import { describe, expect, it } from 'vitest';
import { at, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import type { EndUserApi, EndUserHeaders } from '@test/support/clients/browser-session.js';
import { AS_BROWSER, claimsOf, FE, PASSWORD, type Person, REFRESH, refreshTokenOf, type SessionStage } from './session-stage.js';
import { until } from '@test/support/clock/until.js';

const GRACE_MS = 10_000;
const LOGOUT = '/api/v1/logout';

const attributesOf = (cookie: string): Readonly<Record<string, string | true>> =>
  Object.fromEntries(
    cookie
      .split(/;\s*/)
      .slice(1)
      .map((part) => [part.split('=')[0]?.toLowerCase() ?? '', part.includes('=') ? part.slice(part.indexOf('=') + 1) : true]),
  );

export const sessionCases = (stage: () => SessionStage): void => {
  const opens = (accessToken: string): Promise<readonly number[]> => stage().opens(accessToken);
  const everywhere = (status: number): readonly number[] => stage().origins.map(() => status);
  const expectOver = async (endUser: EndUserApi): Promise<void> => {
    const { accessToken } = endUser;
    const refreshToken = refreshTokenOf(endUser);
    expect(await opens(accessToken)).toEqual(everywhere(401));
    expect(await stage().refreshes(refreshToken)).toBe(401);
  };

  describe('cookies', () => {
    it('are for this host alone, and no script or page of another site gets them; they end with what is in them', async () => {
      const { email } = await stage().newPerson();
      const cookies = (await stage().logIn(email)).headers.getSetCookie();
      const names = cookies.map((cookie) => cookie.split('=')[0]);
      expect(names).toEqual(['access_token', 'refresh_token']);
      for (const [index, livesMs] of [15 * 60_000, 14 * 86_400_000].entries()) {
        const { expires, ...others } = attributesOf(cookies[index] ?? '');
        expect(others).toEqual({ path: '/', httponly: true, secure: true, samesite: 'Lax' });
        expect(Math.abs(Date.parse(String(expires)) - Date.now() - livesMs)).toBeLessThan(60_000);
      }
    });

    it('are taken back by the logout and by the end of a session', async () => {
      const endUser = await stage().loggedIn(await stage().newPerson());
      const over = stage().endUser(Object.fromEntries(endUser.cookies));
      expect(objectOf(await endUser.call('POST', '/api/v1/logout'))).toEqual({ redirect_to: `${stage().server.authUrl}/login` });
      expect(endUser.cookies.size).toBe(0);
      expect((await stage().refresh(over)).status).toBe(401);
      expect(over.cookies.size).toBe(0);
    });
  });

  it('the access token opens calls as a cookie and as a bearer, and not when one character of it is another', async () => {
    const { accessToken } = await stage().loggedIn(await stage().newPerson());
    expect(await opens(accessToken)).toEqual(everywhere(200));
    const asBearer = (token: string) =>
      stage()
        .endUser()
        .call('GET', `${FE}/personal_api_keys`, undefined, { authorization: `Bearer ${token}` });
    expect((await asBearer(accessToken)).status).toBe(200);
    const middle = accessToken.lastIndexOf('.') - 5;
    const forged = accessToken.slice(0, middle) + (accessToken[middle] === 'A' ? 'B' : 'A') + accessToken.slice(middle + 1);
    expect((await asBearer(forged)).status).toBe(401);
    expect(await opens(forged)).toEqual(everywhere(401));
  });

  describe('refreshing', () => {
    it('rotates the refresh token and goes on with the same session', async () => {
      const person = await stage().newPerson();
      const endUser = await stage().loggedIn(person);
      const [before, session] = [refreshTokenOf(endUser), claimsOf(endUser.accessToken)['sid']];
      const answer = await stage().refresh(endUser);
      expect(objectOf(answer)).toMatchObject({
        access_token: endUser.accessToken,
        org_id_to_org_member_info: {},
        user: { user_id: person.userId, email: person.email },
      });
      expect(Number(objectOf(answer)['expires_at_seconds'])).toBe(claimsOf(endUser.accessToken)['exp']);
      expect(refreshTokenOf(endUser)).not.toBe(before);
      expect(claimsOf(endUser.accessToken)['sid']).toBe(session);
      expect(await opens(endUser.accessToken)).toEqual(everywhere(200));
    });

    it('two tabs at once both go on, with what each was given', async () => {
      const endUser = await stage().loggedIn(await stage().newPerson());
      const tabs = [0, 1].map(() => stage().endUser(Object.fromEntries(endUser.cookies)));
      expect((await Promise.all(tabs.map((tab) => stage().refresh(tab)))).map(({ status }) => status)).toEqual([200, 200]);
      for (const tab of tabs) expect(await opens(tab.accessToken)).toEqual(everywhere(200));
      for (const tab of tabs) expect((await stage().refresh(tab)).status).toBe(200);
    });

    it('what was replaced, shown again by a script, ends the session for both', async () => {
      const endUser = await stage().loggedIn(await stage().newPerson());
      const thief = stage().endUser(Object.fromEntries(endUser.cookies));
      expect((await stage().refresh(endUser)).status).toBe(200);
      expect((await thief.call('GET', REFRESH)).status).toBe(401);
      await expectOver(endUser);
    });

    it('what was replaced before the grace, shown again by a browser, ends the session for both', async () => {
      const endUser = await stage().loggedIn(await stage().newPerson());
      const thief = stage().endUser(Object.fromEntries(endUser.cookies));
      expect((await stage().refresh(endUser)).status).toBe(200);
      const answeredAtMs = Date.now();
      // The server shares this clock.
      await until(
        () => Date.now() - answeredAtMs,
        (passedMs) => passedMs > GRACE_MS,
      );
      expect((await thief.call('GET', REFRESH, undefined, AS_BROWSER)).status).toBe(401);
      await expectOver(endUser);
    });

    it('a made-up token of a known session changes nothing', async () => {
      const endUser = await stage().loggedIn(await stage().newPerson());
      const other = await stage().loggedIn(await stage().newPerson());
      const madeUp = refreshTokenOf(endUser).slice(0, 32) + refreshTokenOf(other).slice(32);
      for (const token of [madeUp, '', 'x', refreshTokenOf(endUser).replace(/.$/, '!')]) expect(await stage().refreshes(token)).toBe(401);
      expect((await stage().refresh(endUser)).status).toBe(200);
    });
  });

  describe('the organization that a token is for', () => {
    it('is the one asked for; a user who is not a member of it gets 401 and stays logged in', async () => {
      const person = await stage().newPerson();
      const [orgId, otherId] = [await stage().api.createOrg(), await stage().api.createOrg()];
      await stage().api.addMember(person.userId, orgId, 'Admin');
      const endUser = await stage().loggedIn(person);
      expect(claimsOf(endUser.accessToken)).toMatchObject({ org_id_to_org_member_info: { [orgId]: { user_role: 'Admin' } } });
      const { access_token: token } = objectOf(await stage().refresh(endUser, `?active_org_id=${orgId}`));
      expect(claimsOf(String(token))).toMatchObject({ org_member_info: { org_id: orgId, user_role: 'Admin' } });
      const kept = new Map(endUser.cookies);
      for (const org of [otherId, crypto.randomUUID(), 'garbage', '%00', 'x'.repeat(2_000)]) {
        const { status, text } = await stage().refresh(endUser, `?active_org_id=${org}`);
        expect([org, status, text]).toEqual([org, 401, '']);
      }
      expect([...endUser.cookies]).toEqual([...kept]);
      expect((await stage().refresh(endUser)).status).toBe(200);
    });

    it('a server of a framework refreshes with its backend key', async () => {
      const person = await stage().newPerson();
      const orgId = await stage().api.createOrg();
      await stage().api.addMember(person.userId, orgId);
      const endUser = await stage().loggedIn(person);
      const query = `?with_active_org_support=true&active_org_id=${orgId}`;
      const answer = await stage().refreshByBackend(refreshTokenOf(endUser), query);
      expect(objectOf(answer)).toMatchObject({
        refresh_token: expect.any(String) as string,
        access_token: { expires_at_seconds: expect.any(Number) as number, user: { user_id: person.userId } },
      });
      const [next, token] = [textAt(objectOf(answer), 'refresh_token'), textAt(objectOf(answer), 'access_token', 'access_token')];
      expect(claimsOf(token)).toMatchObject({ org_member_info: { org_id: orgId } });
      expect(await opens(token)).toEqual(everywhere(200));
      expect((await stage().refreshByBackend(next, `?with_active_org_support=true&active_org_id=${crypto.randomUUID()}`)).status).toBe(400);
      const last = textAt(objectOf(await stage().refreshByBackend(next, '?with_active_org_support=true')), 'refresh_token');
      await stage().api.done('POST', `${V1}/logout`, { refresh_token: last });
      expect(await opens(token)).toEqual(everywhere(401));
      expect((await stage().refreshByBackend(last)).status).toBe(400);
    });
  });

  describe('the end of sessions', () => {
    it('a logout ends one, a logout of all ends each, and the access tokens with them', async () => {
      const person = await stage().newPerson();
      const [laptop, phone, tablet] = [await stage().loggedIn(person), await stage().loggedIn(person), await stage().loggedIn(person)];
      const ended = stage().endUser(Object.fromEntries(laptop.cookies));
      expect((await laptop.call('POST', '/api/v1/logout')).status).toBe(200);
      await expectOver(ended);
      expect(await opens(phone.accessToken)).toEqual(everywhere(200));
      const both = [phone, tablet].map(({ cookies }) => stage().endUser(Object.fromEntries(cookies)));
      expect((await phone.call('POST', '/api/v1/logout_all_sessions')).status).toBe(200);
      for (const endUser of both) await expectOver(endUser);
      expect((await stage().logIn(person.email)).status).toBe(200);
    });

    it('a logout with nothing but an access token ends its session, however it is shown, and no other one', async () => {
      const person = await stage().newPerson();
      const orgId = await stage().api.createOrg();
      await stage().api.addMember(person.userId, orgId);
      const { url_safe_org_slug: slug } = await stage().api.done('GET', `${V1}/org/${orgId}`);
      const { token: key } = await stage().api.issueKey({ org_id: orgId });
      const verified = async (token: string): Promise<unknown> =>
        at(
          objectOf(
            await stage()
              .endUser()
              .call('POST', '/api/v1/public/verify', { token }, { 'x-api-key': key, 'x-org-slug': String(slug) }),
          ),
          'data',
          'valid',
        );
      const other = await stage().loggedIn(person);
      const shown: readonly ((token: string) => EndUserHeaders)[] = [
        (token) => ({ cookie: `access_token=${token}` }),
        (token) => ({ authorization: `Bearer ${token}` }),
      ];
      for (const headers of shown) {
        const endUser = await stage().loggedIn(person);
        expect(await verified(endUser.accessToken)).toBe(true);
        const answer = await stage().endUser().call('POST', LOGOUT, undefined, headers(endUser.accessToken));
        expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 2]);
        expect(await verified(endUser.accessToken)).toBe(false);
        await expectOver(endUser);
      }
      expect(await opens(other.accessToken)).toEqual(everywhere(200));
    });

    it('a logout with tokens of two sessions ends both; one that the backend made, or a forged one, ends no session', async () => {
      const person = await stage().newPerson();
      const [laptop, phone] = [await stage().loggedIn(person), await stage().loggedIn(person)];
      const { access_token: byBackend } = await stage().api.done('POST', `${V1}/access_token`, { user_id: person.userId, duration_in_minutes: 60 });
      for (const token of [String(byBackend), 'none', `${laptop.accessToken}x`])
        expect((await stage().endUser({ access_token: token }).call('POST', LOGOUT)).status).toBe(200);
      expect(await opens(String(byBackend))).toEqual(everywhere(200));
      expect(await opens(laptop.accessToken)).toEqual(everywhere(200));
      const mixed = stage().endUser({ access_token: laptop.accessToken, refresh_token: refreshTokenOf(phone) });
      expect((await mixed.call('POST', LOGOUT)).status).toBe(200);
      for (const endUser of [laptop, phone]) await expectOver(endUser);
    });

    const byBackend: readonly (readonly [string, (person: Person) => Promise<unknown>])[] = [
      ['logout_all_sessions', ({ userId }) => stage().api.done('POST', `${V1}/user/${userId}/logout_all_sessions`)],
      ['a block', ({ userId }) => stage().api.done('POST', `${V1}/user/${userId}/disable`)],
      ['the deletion', ({ userId }) => stage().api.done('DELETE', `${V1}/user/${userId}`)],
      ['another password', ({ userId }) => stage().api.done('PUT', `${V1}/user/${userId}/password`, { password: 'another long password' })],
      ['taking the password away', ({ userId }) => stage().api.done('PUT', `${V1}/user/${userId}/clear_password`)],
    ];
    it.each(byBackend)('%s by the backend ends all of the user at once, on every instance, and of no other user', async (_name, end) => {
      const [person, neighbour] = [await stage().newPerson(), await stage().newPerson()];
      const endUsers = [await stage().loggedIn(person), await stage().loggedIn(person)];
      const untouched = await stage().loggedIn(neighbour);
      const { access_token: byToken } = await stage().api.done('POST', `${V1}/access_token`, { user_id: person.userId, duration_in_minutes: 60 });
      for (const { accessToken } of endUsers) expect(await opens(accessToken)).toEqual(everywhere(200));
      expect(await opens(String(byToken))).toEqual(everywhere(200));
      await end(person);
      for (const endUser of endUsers) await expectOver(endUser);
      expect(await opens(String(byToken))).toEqual(everywhere(401));
      expect(await opens(untouched.accessToken)).toEqual(everywhere(200));
    });

    it('an unblock lets the user in again and brings no session back', async () => {
      const person = await stage().newPerson();
      const endUser = await stage().loggedIn(person);
      await stage().api.done('POST', `${V1}/user/${person.userId}/disable`);
      await stage().api.done('POST', `${V1}/user/${person.userId}/enable`);
      await expectOver(endUser);
      expect(await opens((await stage().loggedIn(person)).accessToken)).toEqual(everywhere(200));
    });
  });

  it('a login moves last_active_at', async () => {
    const person = await stage().newPerson();
    const before = Number(at(await stage().user(person), 'last_active_at'));
    await until(
      () => Math.floor(Date.now() / 1000),
      (now) => now > before,
    );
    expect((await stage().logIn(person.email, PASSWORD)).status).toBe(200);
    expect(Number(at(await stage().user(person), 'last_active_at'))).toBeGreaterThan(before);
  });
};
