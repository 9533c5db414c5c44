// Visitors of a standalone server for the benches: users who log in, organizations with keys, and requests as a browser and as an
// organization's server send them. A plain loopback host means the environment made first.
import { post } from './standalone.mjs';

export const PASSWORD = 'a long enough password';
const V1 = '/api/backend/v1';

const ask = async (origin, method, path, headers, body) => {
  const answer = await fetch(`${origin}${path}`, { method, headers: { 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return { text, cookies: answer.headers.getSetCookie() };
};

/** Users with a password: `{userId, email}`. */
export const createVisitors = async (server, count) => {
  const visitors = [];
  for (let index = 0; index < count; index += 1) {
    const email = `visitor-${index}@example.test`;
    visitors.push({ email, userId: JSON.parse(await post(server, `${V1}/user/`, { email, password: PASSWORD })).user_id });
  }
  return visitors;
};

export const loginText = (email) => {
  const body = JSON.stringify({ email, password: PASSWORD });
  return `POST /api/fe/v3/login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-CSRF-Token: -.-\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};

const cookieIn = (cookies, name) => cookies.map((cookie) => new RegExp(`^${name}=([^;]+)`).exec(cookie)?.[1]).find((value) => value !== undefined);

/** What a login gives: `{accessToken, refreshToken}`. */
export const logIn = async ({ origin }, email) => {
  const { cookies } = await ask(origin, 'POST', '/api/fe/v3/login', { 'x-csrf-token': '-.-' }, { email, password: PASSWORD });
  return { accessToken: cookieIn(cookies, 'access_token'), refreshToken: cookieIn(cookies, 'refresh_token') };
};

/** An organization of all these users with `count` keys: `{slug, tokens}`. */
export const createOrganization = async (server, visitors, count) => {
  const { org_id: orgId } = JSON.parse(await post(server, `${V1}/org/`, { name: 'Bench' }));
  for (const { userId } of visitors) await post(server, `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role: 'Member' });
  const { text } = await ask(server.origin, 'GET', `${V1}/org/${orgId}`, { authorization: `Bearer ${server.backendKey}` });
  const tokens = [];
  for (let index = 0; index < count; index += 1) tokens.push(JSON.parse(await post(server, `${V1}/end_user_api_keys`, { org_id: orgId })).api_key_token);
  return { slug: JSON.parse(text).url_safe_org_slug, tokens };
};

export const VERIFY_PATH = '/api/v1/public/verify';

export const verifyText = (slug, token, accessToken) => {
  const body = JSON.stringify({ token: accessToken });
  return `POST ${VERIFY_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: ${token}\r\nX-Org-Slug: ${slug}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};

/** What a verification answers, as text. */
export const verified = async ({ origin }, slug, token, accessToken) =>
  (await ask(origin, 'POST', VERIFY_PATH, { 'x-api-key': token, 'x-org-slug': slug }, { token: accessToken })).text;

/** The public key of the environment as a JWK. */
export const signingKeyOf = async ({ origin }) => JSON.parse((await ask(origin, 'GET', '/.well-known/jwks.json', {})).text).keys[0];
