// End users of a standalone server: users who log in, organizations with keys, and requests as a browser and as an organization's server
// send them. A plain loopback host means the environment that was made first.
import type { JsonWebKey } from 'node:crypto';
import { type ApiAccess, ask, createKey, createUser, get, jsonText, post, V1 } from './backend-api.js';

const PASSWORD = 'a long enough password';
const LOGIN_PATH = '/api/fe/v3/login';

export interface EndUser {
  readonly userId: string;
  readonly email: string;
}

export const createEndUsers = async (api: ApiAccess, count: number): Promise<readonly EndUser[]> => {
  const endUsers: EndUser[] = [];
  for (let index = 0; index < count; index += 1) {
    const email = `end-user-${String(index)}@example.test`;
    endUsers.push({ email, userId: await createUser(api, { email, password: PASSWORD }) });
  }
  return endUsers;
};

export const loginText = (email: string): string => jsonText('POST', LOGIN_PATH, { 'x-csrf-token': '-.-' }, { email, password: PASSWORD });

const cookieIn = (cookies: readonly string[], name: string): string => {
  const found = cookies.map((cookie) => new RegExp(`^${name}=([^;]+)`).exec(cookie)?.[1]).find((value) => value !== undefined);
  if (found === undefined) throw new Error(`A login gave no cookie ${name}.`);
  return found;
};

export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const logIn = async ({ origin }: ApiAccess, email: string): Promise<SessionTokens> => {
  const { cookies } = await ask(origin, 'POST', LOGIN_PATH, { 'x-csrf-token': '-.-' }, { email, password: PASSWORD });
  return { accessToken: cookieIn(cookies, 'access_token'), refreshToken: cookieIn(cookies, 'refresh_token') };
};

export interface Organization {
  readonly slug: string;
  readonly tokens: readonly string[];
}

/** An organization of all these users, with `count` keys. */
export const createOrganization = async (api: ApiAccess, endUsers: readonly EndUser[], count: number): Promise<Organization> => {
  const { org_id: orgId } = JSON.parse(await post(api, `${V1}/org/`, { name: 'Bench' })) as { readonly org_id: string };
  for (const { userId } of endUsers) await post(api, `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role: 'Member' });
  const { url_safe_org_slug: slug } = JSON.parse(await get(api, `${V1}/org/${orgId}`)) as { readonly url_safe_org_slug: string };
  const tokens: string[] = [];
  for (let index = 0; index < count; index += 1) tokens.push((await createKey(api, { org_id: orgId })).token);
  return { slug, tokens };
};

export const VERIFY_PATH = '/api/v1/public/verify';

export const verifyText = (slug: string, token: string, accessToken: string): string =>
  jsonText('POST', VERIFY_PATH, { 'x-api-key': token, 'x-org-slug': slug }, { token: accessToken });

/** What a verification answers. */
export const verified = async ({ origin }: ApiAccess, slug: string, token: string, accessToken: string): Promise<string> =>
  (await ask(origin, 'POST', VERIFY_PATH, { 'x-api-key': token, 'x-org-slug': slug }, { token: accessToken })).text;

/** The public key of the environment. */
export const signingKeyOf = async ({ origin }: ApiAccess): Promise<JsonWebKey> => {
  const {
    keys: [key],
  } = JSON.parse((await ask(origin, 'GET', '/.well-known/jwks.json', {})).text) as { readonly keys: readonly JsonWebKey[] };
  if (key === undefined) throw new Error('The environment has no signing key.');
  return key;
};
