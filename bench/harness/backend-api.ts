// Keyfence's own API for what a bench prepares, over `fetch`; and as bytes on the wire, for what a load sends.
import { requestText } from '@test/support/clients/http-connection.js';

export const V1 = '/api/backend/v1';
export const KEYS_PATH = `${V1}/end_user_api_keys`;
export const VALIDATE_PATH = `${KEYS_PATH}/validate`;

/** Where the API answers, and as whom to ask. */
export interface ApiAccess {
  readonly origin: string;
  readonly backendKey: string;
}

export interface Answered {
  readonly text: string;
  readonly cookies: readonly string[];
}

export const ask = async (origin: string, method: string, path: string, headers: Readonly<Record<string, string>>, body?: unknown): Promise<Answered> => {
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} answered ${String(answer.status)}: ${text}`);
  return { text, cookies: answer.headers.getSetCookie() };
};

const asBackend = ({ backendKey }: ApiAccess): Readonly<Record<string, string>> => ({ authorization: `Bearer ${backendKey}` });

export const post = async (api: ApiAccess, path: string, body: unknown): Promise<string> => (await ask(api.origin, 'POST', path, asBackend(api), body)).text;

export const get = async (api: ApiAccess, path: string): Promise<string> => (await ask(api.origin, 'GET', path, asBackend(api))).text;

export const createUser = async (api: ApiAccess, fields: Readonly<Record<string, string>>): Promise<string> =>
  (JSON.parse(await post(api, `${V1}/user/`, fields)) as { readonly user_id: string }).user_id;

export interface CreatedKey {
  readonly id: string;
  readonly token: string;
}

export const createKey = async (api: ApiAccess, fields: Readonly<Record<string, unknown>>): Promise<CreatedKey> => {
  const key = JSON.parse(await post(api, KEYS_PATH, fields)) as { readonly api_key_id: string; readonly api_key_token: string };
  return { id: key.api_key_id, token: key.api_key_token };
};

/** A token with what its validation answers. */
export interface ValidKey {
  readonly token: string;
  readonly body: string;
}

/** One personal key for each of `count` users. */
export const createKeys = async (api: ApiAccess, count: number): Promise<readonly ValidKey[]> => {
  const keys: ValidKey[] = [];
  for (let index = 0; index < count; index += 1) {
    const userId = await createUser(api, { email: `bench-${String(index)}@example.test`, first_name: 'Bench' });
    const { token } = await createKey(api, { user_id: userId, metadata: { plan: 'gold' } });
    keys.push({ token, body: await post(api, VALIDATE_PATH, { api_key_token: token }) });
  }
  return keys;
};

/** A request with a body of JSON, as bytes on the wire. */
export const jsonText = (method: string, path: string, headers: Readonly<Record<string, string>>, content: unknown): string =>
  requestText({ method, path, headers: { host: '127.0.0.1', ...headers, 'content-type': 'application/json' }, body: JSON.stringify(content) });

const postText = (backendKey: string, path: string, content: unknown): string => jsonText('POST', path, { authorization: `Bearer ${backendKey}` }, content);

export const validateText = (backendKey: string, token: string): string => postText(backendKey, VALIDATE_PATH, { api_key_token: token });

export const createKeyText = (backendKey: string, userId: string): string => postText(backendKey, KEYS_PATH, { user_id: userId });

export const revokeText = (backendKey: string, keyId: string): string =>
  requestText({ method: 'DELETE', path: `${KEYS_PATH}/${keyId}`, headers: { host: '127.0.0.1', authorization: `Bearer ${backendKey}` } });

export const blockText = (backendKey: string, userId: string): string => postText(backendKey, `${V1}/user/${userId}/disable`, {});

export const unblockText = (backendKey: string, userId: string): string => postText(backendKey, `${V1}/user/${userId}/enable`, {});
