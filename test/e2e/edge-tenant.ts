import { BackendApi, type IssuedKey, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi, type EndUserHeaders } from '@test/support/clients/browser-session.js';
import { dataOf, ORG_KEYS } from './organization-stage.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

export const FE = '/api/fe/v3';

export interface TenantPlan {
  /** Of the environment and of its host: `http://<name>.keyfence.localhost`. */
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Two environments may each have one of the same name, and then of the same slug. */
  readonly orgName: string;
}

type Held = Pick<EdgeTenant, 'backend' | 'userId' | 'orgId' | 'slug' | 'endUser'>;
/** An end user who is logged in and owns the organization. */
export type Owner = Omit<Held, 'slug'>;

/** An environment with a host of its own, an end user who is logged in and owns an organization, and a key of each kind. */
export class EdgeTenant {
  readonly backend: BackendApi;
  readonly userId: string;
  readonly orgId: string;
  readonly slug: string;
  readonly endUser: EndUserApi;

  private constructor(
    readonly plan: TenantPlan,
    held: Held,
    readonly orgKey: IssuedKey,
    readonly personalKey: IssuedKey,
  ) {
    this.backend = held.backend;
    this.userId = held.userId;
    this.orgId = held.orgId;
    this.slug = held.slug;
    this.endUser = held.endUser;
  }

  static async made(server: TestedServer, plan: TenantPlan): Promise<EdgeTenant> {
    const authUrl = `http://${plan.name}.keyfence.localhost`;
    const backend = new BackendApi(server.origin, await server.newEnvironment(plan.name, authUrl));
    const userId = await backend.createUser({ email: plan.email, password: plan.password });
    const orgId = await backend.createOrg({ name: plan.orgName });
    await backend.addMember(userId, orgId, 'Owner');
    const endUser = EndUserApi.of({ origin: server.origin, authUrl });
    await endUser.logIn(plan.email, plan.password);
    return EdgeTenant.withKeys(plan, { backend, userId, orgId, endUser });
  }

  /** Makes the keys as the end user, on both APIs. */
  static async withKeys(plan: TenantPlan, owner: Owner): Promise<EdgeTenant> {
    const { backend, endUser, orgId } = owner;
    const slug = textAt(await backend.done('GET', `${V1}/org/${orgId}`), 'url_safe_org_slug');
    const made = dataOf(await endUser.call('POST', ORG_KEYS, { name: plan.name }, { 'x-org-slug': slug }));
    const own = objectOf(await endUser.call('POST', `${FE}/api_keys`, { display_name: plan.name }));
    const orgKey = { id: textAt(made, 'apiKey', 'id').slice('key_'.length), token: textAt(made, 'key') };
    return new EdgeTenant(plan, { ...owner, slug }, orgKey, { id: textAt(own, 'api_key_id'), token: textAt(own, 'api_key_token') });
  }

  get host(): string {
    return this.endUser.host;
  }
  get refreshToken(): string {
    return this.endUser.cookies.get('refresh_token') ?? '';
  }

  /** Ways to show the end user's session, or the organization's key. */
  get bearer(): EndUserHeaders {
    return { authorization: `Bearer ${this.endUser.accessToken}` };
  }
  get accessCookie(): EndUserHeaders {
    return { cookie: `access_token=${this.endUser.accessToken}` };
  }
  get refreshCookie(): EndUserHeaders {
    return { cookie: `refresh_token=${this.refreshToken}` };
  }
  get organizationKey(): EndUserHeaders {
    return { 'x-api-key': this.orgKey.token, 'x-org-slug': this.slug };
  }

  /** What no answer of another environment may have in it. */
  get marks(): readonly string[] {
    return [this.userId, this.orgId, this.orgKey.id, this.personalKey.id].flatMap((id) => [id, id.replaceAll('-', '')]);
  }

  /** All that the environment shows of itself, use and last use included: what another one does must leave no trace. */
  async picture(): Promise<readonly unknown[]> {
    const { backend, endUser, slug, orgId } = this;
    const paths = [
      `${V1}/user/query?include_orgs=true`,
      `${V1}/org/query`,
      `${V1}/end_user_api_keys`,
      `${V1}/end_user_api_keys/archived`,
      `${V1}/user/org/${orgId}`,
    ];
    const shown = await Promise.all(paths.map((path) => backend.done('GET', path)));
    const lists = await Promise.all(
      [ORG_KEYS, `${FE}/personal_api_keys`, `${FE}/org_api_keys?org_id=${orgId}`].map((path) => endUser.call('GET', path, undefined, { 'x-org-slug': slug })),
    );
    return [...shown, ...lists.map(objectOf)];
  }
}
