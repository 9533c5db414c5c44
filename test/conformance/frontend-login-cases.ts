import { LoginState } from '@propelauth/frontend-apis';
import { describe, expect, it } from 'vitest';
import { V1 } from '@test/support/clients/backend-api.js';
import { type FrontendStage, PASSWORD } from './frontend-stage.js';

export const frontendLoginCases = (at: () => FrontendStage): void => {
  describe('logging in', () => {
    it('reaches success, and the login state says what is left to do', async () => {
      const { email } = await at().newUser({ ask_user_to_update_password_on_login: true });
      at().nobody();
      expect((await at().handled('fetchLoginState', at().client.fetchLoginState())).given).toEqual({ login_state: LoginState.LOGIN_REQUIRED });
      expect(await at().logIn(email)).toEqual({ handler: 'success', given: { login_state: LoginState.UPDATE_PASSWORD_REQUIRED } });
      expect((await at().handled('fetchLoginState', at().client.fetchLoginState())).given).toEqual({ login_state: LoginState.UPDATE_PASSWORD_REQUIRED });
      expect(await at().logIn((await at().newUser()).email)).toEqual({ handler: 'success', given: { login_state: LoginState.LOGGED_IN } });
    });

    it('with a wrong password, for an unknown address and for a user without a password reaches invalidCredentials, word for word the same', async () => {
      at().nobody();
      const withoutPassword = at().api.newEmail();
      await at().api.createUser({ email: withoutPassword });
      const answers = [
        await at().logIn((await at().newUser()).email, 'a wrong password'),
        await at().logIn('nobody@example.test'),
        await at().logIn(withoutPassword),
        await at().logIn('no address at all'),
      ];
      expect(answers).toEqual(
        answers.map(() => ({ handler: 'invalidCredentials', given: { error_code: 'user_not_found', user_facing_error: expect.any(String) as string } })),
      );
      expect(new Set(answers.map(({ given }) => JSON.stringify(given))).size).toBe(1);
    });

    it('a blocked user hears of it only with the right password', async () => {
      const { email, userId } = await at().newUser();
      await at().api.done('POST', `${V1}/user/${userId}/disable`);
      at().nobody();
      expect(await at().logIn(email)).toMatchObject({ handler: 'userAccountDisabled' });
      expect(await at().logIn(email, 'a wrong password')).toMatchObject({ handler: 'invalidCredentials' });
    });

    it('ten wrong passwords lock the account for the right one too', async () => {
      const { email } = await at().newUser();
      at().nobody();
      for (let attempt = 0; attempt < 10; attempt += 1)
        expect(await at().logIn(email, `wrong ${String(attempt)}`)).toMatchObject({ handler: 'invalidCredentials' });
      expect(await at().logIn(email)).toMatchObject({ handler: 'userAccountLocked' });
    });

    it('is closed where passwords are disabled', async () => {
      const { email } = await at().newUser();
      at().nobody();
      await at().under({ passwordLoginEnabled: false }, { passwordLoginEnabled: true }, async () => {
        expect(await at().logIn(email)).toMatchObject({ handler: 'passwordLoginDisabled' });
      });
    });
  });

  it('signing up is closed until it is opened, does not log in, and says the same for an address that is known', async () => {
    const endUser = at().nobody();
    const signUp = (email: string, password = PASSWORD) =>
      at().handled('signup', at().client.signup({ email, password, first_name: 'Ada', properties: { plan: 'free' } }));
    const email = at().api.newEmail();
    expect(await signUp(email)).toMatchObject({ handler: 'signupDisabled' });
    await at().under({ publicSignupEnabled: true }, { publicSignupEnabled: false }, async () => {
      expect(await signUp('no address')).toMatchObject({
        handler: 'badRequest',
        given: {
          field_errors: { email: expect.any(String) as string },
          user_facing_errors: { email: expect.stringMatching(/^Email must be .*\.$/) as string },
        },
      });
      expect(await signUp(email, 'short')).toMatchObject({
        handler: 'badRequest',
        given: { field_errors: { password: expect.any(String) as string }, user_facing_error: expect.stringMatching(/^Password must be .*\.$/) as string },
      });
      const [first, second] = [await signUp(` ${email} `), await signUp(email, 'another password')];
      for (const { handler, given } of [first, second])
        expect({ handler, given }).toEqual({
          handler: 'success',
          given: { login_state: LoginState.LOGIN_REQUIRED, user_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
        });
      expect(endUser.cookies.size).toBe(0);
    });
    expect(await at().visit('emailPasswordLogin', at().client.emailPasswordLogin({ email, password: 'another password' }))).toBe('invalidCredentials');
    expect(await at().visit('emailPasswordLogin', at().client.emailPasswordLogin({ email: `${email} `, password: PASSWORD }))).toBe('success');
  });
};
