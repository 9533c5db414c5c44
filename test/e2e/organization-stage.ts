import { type Answer, BackendApi, type JsonObject, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi, type EndUserHeaders } from '@test/support/clients/browser-session.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

export const ORG_KEYS = '/api/v1/org/api-keys';
export const PUBLIC = '/api/v1/public';
const PASSWORD = 'a long enough password';

export interface StagedOrg {
  readonly orgId: string;
  readonly slug: string;
  /** As the organization API spells it. */
  readonly wireId: string;
}
export interface StagedMember {
  readonly userId: string;
  readonly wireId: string;
  readonly email: string;
  readonly endUser: EndUserApi;
}

export const wireId = (prefix: 'org' | 'usr' | 'key', id: string): string => `${prefix}_${id.replaceAll('-', '')}`;

/** What is in the success envelope; fails the test when there is none. */
export const dataOf = (answer: Answer): JsonObject => {
  const { status, data, ...more } = objectOf(answer);
  if (status !== 'success' || typeof data !== 'object' || data === null || Object.keys(more).length > 0)
    throw new Error(`No success: ${String(answer.status)} ${answer.text}`);
  return data as JsonObject;
};

/** What the caller can tell one answer from another by. */
export const bytesOf = ({ status, headers, text }: Answer): unknown => [
  status,
  text,
  [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
];

/** People and organizations of one environment, and calls of the organization API. */
export class OrganizationStage {
  /** `host`: of the backend key's environment. */
  constructor(
    readonly origin: string,
    readonly backend: BackendApi,
    readonly host: string,
  ) {}

  static of(server: TestedServer): OrganizationStage {
    return new OrganizationStage(server.origin, BackendApi.of(server), new URL(server.authUrl).host);
  }

  newEndUser(): EndUserApi {
    return new EndUserApi(this.origin, this.host);
  }

  async newOrg(fields: JsonObject = {}): Promise<StagedOrg> {
    const orgId = await this.backend.createOrg(fields);
    const slug = textAt(await this.backend.done('GET', `${V1}/org/${orgId}`), 'url_safe_org_slug');
    return { orgId, slug, wireId: wireId('org', orgId) };
  }

  /** Logged in. */
  async newMember({ orgId }: Pick<StagedOrg, 'orgId'>, role = 'Owner', fields: JsonObject = {}): Promise<StagedMember> {
    const email = this.backend.newEmail();
    const userId = await this.backend.createUser({ email, password: PASSWORD, ...fields });
    await this.backend.addMember(userId, orgId, role);
    const endUser = this.newEndUser();
    await endUser.logIn(email, PASSWORD);
    return { userId, wireId: wireId('usr', userId), email, endUser };
  }

  /** A key made on `POST /org/api-keys`: its token, and its id as the backend API spells it. */
  async newKey({ endUser }: StagedMember, { slug }: StagedOrg, fields: JsonObject = {}): Promise<{ readonly token: string; readonly id: string }> {
    const data = dataOf(await endUser.call('POST', ORG_KEYS, { name: 'deploy', ...fields }, { 'x-org-slug': slug }));
    return { token: textAt(data, 'key'), id: textAt(data, 'apiKey', 'id').slice('key_'.length) };
  }

  /** Server to server: no cookies. `undefined` leaves a header out. */
  ask(
    method: 'GET' | 'POST',
    path: string,
    token: string | undefined,
    slug: string | undefined,
    more: { readonly body?: unknown; readonly headers?: EndUserHeaders } = {},
  ): Promise<Answer> {
    return this.newEndUser().call(method, PUBLIC + path, more.body, { 'x-api-key': token, 'x-org-slug': slug, 'x-csrf-token': undefined, ...more.headers });
  }

  verify(endUserToken: unknown, token: string, { slug }: Pick<StagedOrg, 'slug'>): Promise<Answer> {
    return this.ask('POST', '/verify', token, slug, { body: { token: endUserToken } });
  }

  /** Whether the key opens the API; fails the test on anything but yes and no. */
  async opens(token: string, { slug }: Pick<StagedOrg, 'slug'>): Promise<boolean> {
    const answer = await this.ask('GET', '/org', token, slug);
    if (answer.status !== 200 && answer.status !== 401) throw new Error(`Neither yes nor no: ${String(answer.status)} ${answer.text}`);
    return answer.status === 200;
  }

  async accessTokenOf(userId: string): Promise<string> {
    return textAt(await this.backend.done('POST', `${V1}/access_token`, { user_id: userId, duration_in_minutes: 5 }), 'access_token');
  }
}
