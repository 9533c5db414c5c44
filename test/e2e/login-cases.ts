import { describe, expect, it } from 'vitest';
import { type Answer, objectOf, V1 } from '@test/support/clients/backend-api.js';
import { FE, PASSWORD, type SessionStage, shownBy } from './session-stage.js';

const TRIES = 10;
/** In one process one. Several share one in Redis, and each counts alone for as long as that does not answer in time: under such a storm it may not. */
const countersIn = ({ origins }: SessionStage): number => (origins.length === 1 ? 1 : origins.length + 1);
const codeOf = (answer: Answer): unknown => objectOf(answer)['error_code'];

export const loginCases = (stage: () => SessionStage): void => {
  const guess = (email: string, count = TRIES): Promise<readonly Answer[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => stage().logIn(email, `guess ${String(index)}`)));
  /** So many lanes of guesses side by side. */
  const storm = async (email: string, lanes: number): Promise<Readonly<Record<string, number>>> => {
    const codes = await Promise.all(
      Array.from({ length: lanes }, async () => {
        const heard: string[] = [];
        for (let tried = 0; tried < 1_000 / lanes; tried += 1) heard.push(String(codeOf(await stage().logIn(email, `guess ${String(tried)}`))));
        return heard;
      }),
    );
    return codes.flat().reduce<Record<string, number>>((counts, code) => ({ ...counts, [code]: (counts[code] ?? 0) + 1 }), {});
  };

  const signUp = (fields: object): Promise<Answer> =>
    stage()
      .endUser()
      .call('POST', `${FE}/signup`, { password: PASSWORD, ...fields });
  /** For the rest of the window, most of which is left; the sentence and the header say the same. */
  const expectClosed = (answer: Answer | undefined, what: string): void => {
    const seconds = Number(answer?.headers.get('retry-after'));
    expect(seconds > 600 && seconds <= 900).toBe(true);
    const sentence = `Too many ${what} from this address. Try again in ${String(Math.ceil(seconds / 60))} minutes.`;
    expect([answer?.status, answer && objectOf(answer)]).toEqual([429, { error_code: 'unexpected_error', user_facing_error: sentence }]);
  };

  describe('guessing a password', () => {
    it('ten wrong ones lock the account, the right one is refused then, and the backend lets the user in again', async () => {
      const person = await stage().newPerson();
      for (let tried = 0; tried < TRIES; tried += 1) {
        expect(await stage().user(person)).toMatchObject({ locked: false });
        expect(codeOf(await stage().logIn(person.email, `guess ${String(tried)}`))).toBe('user_not_found');
      }
      expect(await stage().user(person)).toMatchObject({ locked: true, enabled: true });
      expect(codeOf(await stage().logIn(person.email))).toBe('account_locked');
      await stage().api.done('POST', `${V1}/user/${person.userId}/enable`);
      expect(await stage().user(person)).toMatchObject({ locked: false });
      expect((await stage().logIn(person.email)).status).toBe(200);
    });

    it('a right one before the tenth starts the count anew', async () => {
      const person = await stage().newPerson();
      await guess(person.email, TRIES - 1);
      expect((await stage().logIn(person.email)).status).toBe(200);
      await guess(person.email, TRIES - 1);
      expect((await stage().logIn(person.email)).status).toBe(200);
    });

    it('a lock ends no session and no key', async () => {
      const person = await stage().newPerson();
      const endUser = await stage().loggedIn(person);
      const { token } = await stage().api.issueKey({ user_id: person.userId });
      await guess(person.email);
      expect(await stage().user(person)).toMatchObject({ locked: true });
      expect((await stage().refresh(endUser)).status).toBe(200);
      expect((await stage().api.validate(token)).status).toBe(200);
    });

    it('a thousand guesses, a hundred at once, are ten, whether a user has the address or not', async () => {
      const { email } = await stage().newPerson();
      for (const address of [email, stage().api.newEmail()]) {
        const { user_not_found: looked = 0, account_locked: refused = 0, ...others } = await storm(address, 100);
        expect([looked + refused, others]).toEqual([1_000, {}]);
        expect(looked).toBeGreaterThanOrEqual(TRIES);
        expect(looked).toBeLessThanOrEqual(TRIES * countersIn(stage()));
      }
    });
  });

  describe('whether an address is known', () => {
    it('shows in no answer to a login, before a lock, at it and after it, however the address is written', async () => {
      const { email } = await stage().newPerson();
      const seen: unknown[] = [];
      for (const address of [email, stage().api.newEmail()]) {
        const written = [address, address.toUpperCase()];
        const answers: Answer[] = [];
        for (let tried = 0; tried < TRIES + 2; tried += 1) answers.push(await stage().logIn(written[tried % 2] ?? '', 'a wrong password'));
        seen.push(answers.map((answer) => [shownBy(answer), answer.text]));
      }
      expect(seen[0]).toEqual(seen[1]);
    });

    it('shows in no answer to a sign-up', async () => {
      const { email } = await stage().newPerson({ username: 'ada-the-first' });
      await stage().server.changeSettings({ publicSignupEnabled: true });
      for (const more of [{}, { username: 'ada-the-first' }, { password: 'short' }, { first_name: 7 }]) {
        const [known, unknown] = [await signUp({ email, ...more }), await signUp({ email: stage().api.newEmail(), ...more })];
        expect([more, shownBy(known), codeOf(known), objectOf(known)['field_errors']]).toEqual([
          more,
          shownBy(unknown),
          codeOf(unknown),
          objectOf(unknown)['field_errors'],
        ]);
      }
      await stage().server.changeSettings({ publicSignupEnabled: false });
    });
  });

  it('blanks around an address are not part of it, at a sign-up as at a login', async () => {
    const email = stage().api.newEmail();
    await stage().server.changeSettings({ publicSignupEnabled: true });
    expect((await signUp({ email: ` ${email}\t` })).status).toBe(200);
    await stage().server.changeSettings({ publicSignupEnabled: false });
    expect((await stage().logIn(`\n${email} `)).status).toBe(200);
    expect(await stage().api.done('GET', `${V1}/user/email?email=${email}`)).toMatchObject({ email });
  });

  it('a hundred sign-ups from one network address close it for sign-ups alone, whatever comes of them', async () => {
    const answers: Answer[] = [];
    while (answers.length < 101 && answers.at(-1)?.status !== 429) answers.push(await signUp({ email: stage().api.newEmail() }));
    expect(answers.length).toBeGreaterThan(80);
    expectClosed(answers.at(-1), 'sign-ups');
    expect((await stage().loggedIn(await stage().newPerson())).cookies.size).toBe(2);
  });

  // Last: from this address no user can log in any more.
  it('a hundred wrong passwords from one network address close it, for every account', async () => {
    const person = await stage().newPerson();
    let answer = await stage().logIn(stage().api.newEmail());
    for (let tried = 0; tried < 100 && answer.status !== 429; tried += 1) answer = await stage().logIn(stage().api.newEmail());
    expectClosed(answer, 'wrong passwords');
    expectClosed(await stage().logIn(person.email), 'wrong passwords');
    expectClosed(await signUp({ email: stage().api.newEmail() }), 'wrong passwords');
  });
};
