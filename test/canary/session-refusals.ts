import type { AnsweredCode } from '@app/http-api';
import { textAt, V1 } from '@test/support/clients/backend-api.js';
import type { HttpAnswer } from '@test/support/clients/answer-reader.js';
import { type CanaryClient, FRONTEND, freshName, type Headers } from './canary-client.js';

type OfSessions = Extract<
  AnsweredCode,
  | 'WRONG_CREDENTIALS'
  | 'ACCOUNT_DISABLED'
  | 'ACCOUNT_LOCKED'
  | 'EMAIL_NOT_CONFIRMED'
  | 'ACTION_DISABLED'
  | 'SESSION_OVER'
  | 'NOT_A_MEMBER'
  | 'ORG_NOT_FOUND'
  | 'INVALID_OPTION'
  | 'FOREIGN_REQUEST'
  | 'UNKNOWN_HOST'
>;
type Provoke = (stage: { readonly client: CanaryClient }) => Promise<HttpAnswer>;

/** What locks an account, and one more. */
const TOO_MANY = 11;
const REFRESH = '/api/v1/refresh_token';

const newUser = async (client: CanaryClient, label: string) => {
  const [email, password] = [`${freshName()}@example.test`, client.planted.oddText(`password of ${label}`)];
  const made = await client.done(`a user for ${label}`, 'POST', `${V1}/user/`, { email, password, email_confirmed: false });
  return { email, password, userId: textAt(made, 'user_id') };
};

/** The cookies of a user who is in no organization. */
const loggedIn = async (client: CanaryClient, label: string): Promise<Headers> => {
  const { email, password } = await newUser(client, label);
  const { accessToken, refreshToken } = await client.logIn(label, email, password);
  return client.page({ cookie: `access_token=${accessToken}; refresh_token=${refreshToken}` });
};

const attempt = (client: CanaryClient, label: string, email: string, password: string, headers = client.page()): Promise<HttpAnswer> =>
  client.send(label, 'POST', `${FRONTEND}/login`, { email, password }, headers);

const lockOut = async (client: CanaryClient): Promise<HttpAnswer> => {
  const { email, password } = await newUser(client, 'a user who is locked out');
  for (let count = 1; count < TOO_MANY; count += 1) await attempt(client, 'a guess', email, client.planted.oddText('a guessed password'));
  return attempt(client, 'the right password of a locked account', email, password);
};

const asBlocked = async (client: CanaryClient): Promise<HttpAnswer> => {
  const { email, password, userId } = await newUser(client, 'a user who is blocked');
  await client.done('blocking', 'POST', `${V1}/user/${userId}/disable`);
  return attempt(client, 'the right password of a blocked account', email, password);
};

/** Refusals of what pages call, each provoked by a request with a secret in it. */
export const SESSION_REFUSALS: Readonly<Record<OfSessions, Provoke>> = {
  WRONG_CREDENTIALS: ({ client }) =>
    attempt(client, 'a login of no user', client.planted.oddText('address of no user'), client.planted.oddText('password of no user')),
  ACCOUNT_DISABLED: ({ client }) => asBlocked(client),
  ACCOUNT_LOCKED: ({ client }) => lockOut(client),
  EMAIL_NOT_CONFIRMED: async ({ client }) =>
    client.send('keys of an unconfirmed user', 'GET', `${FRONTEND}/personal_api_keys`, undefined, await loggedIn(client, 'an unconfirmed user')),
  ACTION_DISABLED: ({ client }) =>
    client.send(
      'a sign-up',
      'POST',
      `${FRONTEND}/signup`,
      {
        email: `${freshName()}@example.test`,
        password: client.planted.oddText('password of a sign-up'),
      },
      client.page(),
    ),
  SESSION_OVER: ({ client }) =>
    client.send(
      'a strange refresh token',
      'GET',
      REFRESH,
      undefined,
      client.page({ cookie: `refresh_token=${client.planted.strangeRefreshToken('strange refresh token')}` }),
    ),
  NOT_A_MEMBER: async ({ client }) =>
    client.send(
      'a refresh for an organization of others',
      'GET',
      `${REFRESH}?active_org_id=${crypto.randomUUID()}`,
      undefined,
      await loggedIn(client, 'a user who is not a member'),
    ),
  ORG_NOT_FOUND: async ({ client }) =>
    client.send(
      'keys of an organization of others',
      'GET',
      `${FRONTEND}/org_api_keys?org_id=${client.planted.strangeToken('token for an organization')}`,
      undefined,
      await loggedIn(client, 'who is in no organization'),
    ),
  INVALID_OPTION: async ({ client }) =>
    client.send(
      'a key that ends some day',
      'POST',
      `${FRONTEND}/api_keys`,
      { expiration_option: client.planted.strangeToken('token for an expiration') },
      await loggedIn(client, 'who wants another option'),
    ),
  FOREIGN_REQUEST: ({ client }) => {
    const { 'x-csrf-token': _, ...headers } = client.page();
    return attempt(client, 'a login without the header of pages', `${freshName()}@example.test`, client.planted.oddText('password of a foreign page'), headers);
  },
  UNKNOWN_HOST: ({ client }) =>
    attempt(
      client,
      'a login at an unknown host',
      `${freshName()}@example.test`,
      client.planted.oddText('password for an unknown host'),
      client.page({ host: 'nobody.example.test' }),
    ),
};
