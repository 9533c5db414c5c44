import type { TestedServer } from '../servers/tested-server.js';

export type JsonObject = Readonly<Record<string, unknown>>;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';

/** What every way to call says of an answer. */
export interface BareAnswer {
  readonly status: number;
  readonly text: string;
}

export interface Answer extends BareAnswer {
  readonly headers: Headers;
}

export interface IssuedKey {
  readonly id: string;
  readonly token: string;
}

export const V1 = '/api/backend/v1';
export const KEYS = `${V1}/end_user_api_keys`;

/** The body as a JSON object; fails the test with the whole answer if it is something else. */
export const objectOf = (answer: BareAnswer): JsonObject => {
  const parsed: unknown = answer.text === '' ? undefined : JSON.parse(answer.text);
  if (!isObject(parsed)) throw new Error(`Expected a JSON object, got ${String(answer.status)} ${answer.text}`);
  return parsed;
};

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A part of a JSON value by its path; undefined where there is none. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((part, step) => {
    if (Array.isArray(part)) return part[Number(step)];
    return isObject(part) ? part[String(step)] : undefined;
  }, value);

export const textAt = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path);
  if (typeof found !== 'string') throw new Error(`No text at ${path.join('.')} in ${JSON.stringify(value)}`);
  return found;
};

export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path);
  if (!Array.isArray(found)) throw new Error(`No list at ${path.join('.')} in ${JSON.stringify(value)}`);
  return found;
};

export type HeaderLines = Readonly<Record<string, string>>;

/** What every client of the backend API sends. */
export const backendHeaders = (backendKey: string): HeaderLines => ({ authorization: `Bearer ${backendKey}`, 'content-type': 'application/json' });
/** Text goes out as it is, for bodies that are not JSON. */
export const bodyText = (body: unknown): string | undefined => (body === undefined || typeof body === 'string' ? body : JSON.stringify(body));

/** Calls of the backend API with one backend key, and the few steps that every suite needs. How a call is sent is for the subclass. */
export abstract class BackendCalls<Received extends BareAnswer> {
  #emails = 0;

  abstract call(method: Method, path: string, body?: unknown, headers?: HeaderLines): Promise<Received>;

  /** A step of a test's set-up: anything but 200 fails the test. */
  async done(method: Method, path: string, body?: unknown): Promise<JsonObject> {
    const answer = await this.call(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${String(answer.status)} ${answer.text}`);
    return objectOf(answer);
  }

  newEmail(): string {
    this.#emails += 1;
    return `user-${String(this.#emails)}-${crypto.randomUUID().slice(0, 8)}@example.test`;
  }

  async createUser(fields: JsonObject = {}): Promise<string> {
    return textAt(await this.done('POST', `${V1}/user/`, { email: this.newEmail(), ...fields }), 'user_id');
  }

  async createOrg(fields: JsonObject = {}): Promise<string> {
    return textAt(await this.done('POST', `${V1}/org/`, { name: `Org ${crypto.randomUUID()}`, ...fields }), 'org_id');
  }

  async addMember(userId: string, orgId: string, role = 'Member'): Promise<void> {
    await this.done('POST', `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role });
  }

  async removeMember(userId: string, orgId: string): Promise<void> {
    await this.done('POST', `${V1}/org/remove_user`, { user_id: userId, org_id: orgId });
  }

  async issueKey(fields: JsonObject = {}): Promise<IssuedKey> {
    const made = await this.done('POST', KEYS, fields);
    return { id: textAt(made, 'api_key_id'), token: textAt(made, 'api_key_token') };
  }

  async importKey(token: string, fields: JsonObject = {}): Promise<IssuedKey> {
    const made = await this.done('POST', `${KEYS}/import`, { imported_api_key: token, ...fields });
    return { id: textAt(made, 'api_key_id'), token };
  }

  validate(token: string): Promise<Received> {
    return this.call('POST', `${KEYS}/validate`, { api_key_token: token });
  }

  validateImported(token: string): Promise<Received> {
    return this.call('POST', `${KEYS}/validate_imported`, { api_key_token: token });
  }

  /** Validations of a key, of today and of the day before: a test may run at midnight. */
  async usesOf(keyId: string): Promise<number> {
    const days = [Date.now() - 86_400_000, Date.now()].map((day) => new Date(day).toISOString().slice(0, 10));
    const counts = await Promise.all(days.map((day) => this.done('GET', `${KEYS}/usage?date=${day}&api_key_id=${keyId}`)));
    return counts.reduce((sum, { count }) => sum + Number(count), 0);
  }

  /** Ids of every key of a list, all pages. */
  async listed(list: 'current' | 'archived', filter: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let page = 0; ; page += 1) {
      const query = new URLSearchParams({ ...filter, page_size: '100', page_number: String(page) });
      const answer = await this.done('GET', `${KEYS}${list === 'archived' ? '/archived' : ''}?${query.toString()}`);
      ids.push(...listAt(answer, 'api_keys').map((key) => textAt(key, 'api_key_id')));
      if (answer['has_more_results'] !== true) return ids;
    }
  }
}

/** Over `fetch`, as an operator's server calls: any number of calls at once, with the headers of each answer. */
export class BackendApi extends BackendCalls<Answer> {
  constructor(
    readonly origin: string,
    readonly backendKey: string,
  ) {
    super();
  }

  static of(server: Pick<TestedServer, 'origin' | 'backendKey'>): BackendApi {
    return new BackendApi(server.origin, server.backendKey);
  }

  async call(method: Method, path: string, body?: unknown, headers: HeaderLines = {}): Promise<Answer> {
    const text = bodyText(body);
    const response = await fetch(this.origin + path, {
      method,
      redirect: 'manual',
      headers: { ...backendHeaders(this.backendKey), ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}
