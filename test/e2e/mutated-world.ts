import type { IssuedKey } from '@test/support/clients/backend-api.js';
import { isObject, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import { EdgeTenant, FE } from './edge-tenant.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

/** Somewhere in what only the other environment, or only another organization, has. Never sent. */
export const FOREIGN_MARK = 'only-the-other-environment';
export const OTHER_ORG_MARK = 'only-another-organization';
export const KNOWN_NAME = 'somebody';
const PASSWORD = 'the password of all mutated people';
const KEPT = 40;

export interface KnownKey extends IssuedKey {
  /** Whose personal key it is; null for an organization key or a generic one. */
  readonly userId: string | null;
}

/** What requests are about, what has ended, and when: by the running number of the requests. */
export class MutatedWorld {
  readonly userIds: string[] = [];
  readonly orgIds: string[] = [];
  readonly keys: KnownKey[] = [];
  /** Ids of keys that the end user may end without ending anything else. */
  spareKeyIds: readonly string[] = [];
  /** A key of the end user's organization; of the batch before, and revoked since. */
  spareOrgKey: KnownKey | null = null;
  revokedOrgKey: KnownKey | null = null;
  /** Key ids and backend keys, with the number of the last request that had begun when it was known. */
  readonly endedAfter = new Map<string, number>();
  begun = 0;
  own: EdgeTenant;
  #renewing: Promise<void> | null = null;

  private constructor(
    readonly server: TestedServer,
    own: EdgeTenant,
    readonly foreign: EdgeTenant,
    readonly otherOrg: { readonly orgId: string; readonly key: IssuedKey },
  ) {
    this.own = own;
  }

  static async made(server: TestedServer): Promise<MutatedWorld> {
    const people = (name: string, orgName: string) => EdgeTenant.made(server, { name, orgName, email: `somebody@${name}.test`, password: PASSWORD });
    const [own, foreign] = [await people('mutated', 'Mutated'), await people('foreign', FOREIGN_MARK)];
    await foreign.backend.done('PUT', `${V1}/user/${foreign.userId}`, { first_name: FOREIGN_MARK, metadata: { mark: FOREIGN_MARK } });
    const otherOrgId = await own.backend.createOrg({ name: OTHER_ORG_MARK });
    await own.backend.createUser({ username: KNOWN_NAME });
    await server.changeSettings({ publicSignupEnabled: true }, 'mutated');
    const world = new MutatedWorld(server, own, foreign, {
      orgId: otherOrgId,
      key: await own.backend.issueKey({ org_id: otherOrgId, metadata: { mark: OTHER_ORG_MARK } }),
    });
    await world.renew();
    return world;
  }

  /** New people, organizations and keys, and another end user where one is needed. */
  async renew(): Promise<void> {
    await this.renewEndUser();
    const { backend } = this.own;
    const [userId, orgId] = await Promise.all([backend.createUser({ password: PASSWORD }), backend.createOrg()]);
    await backend.addMember(userId, orgId);
    this.userIds.splice(0, this.userIds.length - KEPT, userId);
    this.orgIds.splice(0, this.orgIds.length - KEPT, orgId);
    const issued = await Promise.all([
      backend.issueKey({ user_id: userId }),
      backend.issueKey({ org_id: orgId }),
      backend.importKey(`a mutated legacy key ${crypto.randomUUID()}`, { user_id: userId }),
    ]);
    const spares = await Promise.all([backend.issueKey({ user_id: this.own.userId }), backend.issueKey({ org_id: this.own.orgId })]);
    this.spareKeyIds = spares.map(({ id }) => id);
    this.spareOrgKey = { ...spares[1], userId: null };
    this.know(this.spareOrgKey, { ...spares[0], userId: this.own.userId }, { ...issued[0], userId }, { ...issued[1], userId: null }, { ...issued[2], userId });
  }

  /** Where the last end user was logged out, or the organization's key has ended or made all the requests that it may. */
  async renewEndUser(): Promise<void> {
    this.#renewing ??= this.#newEndUserIfNeeded().finally(() => {
      this.#renewing = null;
    });
    await this.#renewing;
  }

  know(...keys: readonly KnownKey[]): void {
    this.keys.push(...keys);
    this.keys.splice(0, this.keys.length - KEPT);
  }

  ended(...names: readonly string[]): void {
    for (const name of names) if (!this.endedAfter.has(name)) this.endedAfter.set(name, this.begun);
  }

  /** Revokes two for certain: one of the end user's organization, which requests go on to show, and the oldest known. */
  async revokeSome(): Promise<void> {
    const oldest = this.keys.find(({ id }) => !this.endedAfter.has(id));
    for (const key of [this.spareOrgKey, oldest ?? null]) {
      if (key === null) continue;
      const { status } = await this.own.backend.call('DELETE', `${V1}/end_user_api_keys/${key.id}`);
      if (status !== 200 && status !== 404) throw new Error(`Revoking was answered ${String(status)}.`);
      this.ended(key.id);
    }
    this.revokedOrgKey = this.spareOrgKey;
  }

  /** Whether the thing had ended, to the knowledge of all, before the request began. */
  hadEnded(name: string, requestNumber: number): boolean {
    const after = this.endedAfter.get(name);
    return after !== undefined && requestNumber > after;
  }

  async #isOpen(): Promise<boolean> {
    const { endUser, organizationKey } = this.own;
    const state = await endUser.call('GET', `${FE}/login_state`);
    return /Finished/.test(state.text) && (await endUser.call('GET', '/api/v1/public/org', undefined, organizationKey)).status === 200;
  }

  async #newEndUserIfNeeded(): Promise<void> {
    if (!(await this.#isOpen())) await this.#newEndUser();
  }

  async #newEndUser(): Promise<void> {
    const {
      backend,
      plan,
      endUser: { origin, host },
    } = this.own;
    const email = backend.newEmail();
    const userId = await backend.createUser({ email, password: PASSWORD });
    const orgId = await backend.createOrg();
    await backend.addMember(userId, orgId, 'Owner');
    const endUser = new EndUserApi(origin, host);
    await endUser.logIn(email, PASSWORD);
    this.own = await EdgeTenant.withKeys({ ...plan, email }, { backend, userId, orgId, endUser });
  }
}

/** The id and the token of a key that an answer shows; null if it shows none. */
export const shownKey = (answer: unknown): IssuedKey | null => {
  if (!isObject(answer)) return null;
  if (typeof answer['api_key_token'] === 'string') return { id: textAt(answer, 'api_key_id'), token: answer['api_key_token'] };
  const { data } = answer;
  return isObject(data) && typeof data['key'] === 'string' ? { id: textAt(data, 'apiKey', 'id').slice('key_'.length), token: data['key'] } : null;
};
