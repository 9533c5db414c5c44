import { expect } from 'vitest';
import { at, type BackendApi, type IssuedKey, KEYS, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import type { KeyKind, LifeEvent, Standing } from './lifecycle-cases.js';

/** One key with the user and the organization around it, and what can happen to the three. */
export class KeyWorld {
  readonly #api: BackendApi;
  readonly #kind: KeyKind;
  readonly #imported: boolean;
  #userId = '';
  #orgId = '';
  #orgName = '';
  #email = '';
  #expiresAt = 0;
  #key: IssuedKey = { id: '', token: '' };

  private constructor(api: BackendApi, kind: KeyKind, imported: boolean) {
    this.#api = api;
    this.#kind = kind;
    this.#imported = imported;
  }

  static async with(api: BackendApi, kind: KeyKind, imported: boolean): Promise<KeyWorld> {
    const world = new KeyWorld(api, kind, imported);
    world.#orgName = `Org ${crypto.randomUUID()}`;
    world.#orgId = await api.createOrg({ name: world.#orgName });
    world.#email = api.newEmail();
    world.#userId = await api.createUser({ email: world.#email });
    await api.addMember(world.#userId, world.#orgId);
    await world.#newKey();
    return world;
  }

  async happen(event: LifeEvent): Promise<void> {
    await this.#events[event]();
  }

  async expectStanding({ validates, list, answer = {} }: Standing): Promise<void> {
    const validated = await this.#validate();
    expect([validated.status, validated.text.includes('api_key_token')]).toEqual(validates ? [200, false] : [400, true]);
    if (validates) {
      const found = objectOf(validated);
      const expected = Object.entries(answer).map(([path, value]) => [path, this.#named(value)]);
      expect(Object.keys(answer).map((path) => [path, at(found, ...path.split('.').map((step) => (step === 'ORG' ? this.#orgId : step)))])).toEqual(expected);
    }
    expect(await this.#lists()).toEqual(list === 'current' ? { current: true, archived: false } : { current: false, archived: true });
    // A fetch by id knows archived keys too.
    expect(textAt(await this.#api.done('GET', `${KEYS}/${this.#key.id}`), 'api_key_id')).toBe(this.#key.id);
  }

  async #newKey(): Promise<void> {
    const owner = {
      ...(this.#kind === 'personal' || this.#kind === 'organization + user' ? { user_id: this.#userId } : {}),
      ...(this.#kind === 'organization' || this.#kind === 'organization + user' ? { org_id: this.#orgId } : {}),
    };
    this.#key = this.#imported ? await this.#api.importKey(`legacy ${crypto.randomUUID()}`, owner) : await this.#api.issueKey(owner);
    // It is in every memory before anything happens to it, so that what follows must reach the memories too.
    expect((await this.#validate()).status).toBe(200);
  }

  #validate() {
    return this.#imported ? this.#api.validateImported(this.#key.token) : this.#api.validate(this.#key.token);
  }

  /** Names, where the cases cannot know the value. */
  #named(value: unknown): unknown {
    if (value === 'NAME') return this.#orgName;
    return value === 'EMAIL' ? this.#email : value;
  }

  async #lists(): Promise<{ current: boolean; archived: boolean }> {
    const filter: Record<string, string> = {};
    if (this.#kind === 'personal') filter['user_id'] = this.#userId;
    if (this.#kind.startsWith('organization')) filter['org_id'] = this.#orgId;
    const [current, archived] = [await this.#api.listed('current', filter), await this.#api.listed('archived', filter)];
    return { current: current.includes(this.#key.id), archived: archived.includes(this.#key.id) };
  }

  async #expectStatus(method: 'DELETE' | 'PATCH', status: number, body?: Readonly<Record<string, unknown>>): Promise<void> {
    expect((await this.#api.call(method, `${KEYS}/${this.#key.id}`, body)).status).toBe(status);
  }

  async #letExpire(): Promise<void> {
    this.#expiresAt = Math.floor(Date.now() / 1000) + 3;
    await this.#expectStatus('PATCH', 200, { expires_at_seconds: this.#expiresAt });
  }

  /** Waits for the second itself, which is what expiry means, not for as long as something may take. */
  async #reachExpiry(): Promise<void> {
    for (let left = this.#expiresAt * 1000 - Date.now(); left > 0; left = this.#expiresAt * 1000 - Date.now()) {
      const milliseconds = left;
      await new Promise((resolve) => {
        setTimeout(resolve, milliseconds);
      });
    }
  }

  readonly #events: Readonly<Record<LifeEvent, () => Promise<void>>> = {
    block: () => this.#onUser('POST', '/disable'),
    unblock: () => this.#onUser('POST', '/enable'),
    'delete user': () => this.#onUser('DELETE', ''),
    leave: () => this.#api.removeMember(this.#userId, this.#orgId),
    rejoin: () => this.#api.addMember(this.#userId, this.#orgId),
    'delete org': async () => {
      await this.#api.done('DELETE', `${V1}/org/${this.#orgId}`);
    },
    revoke: () => this.#expectStatus('DELETE', 200),
    'revoke is refused': () => this.#expectStatus('DELETE', 404),
    'change is refused': () => this.#expectStatus('PATCH', 404, { metadata: { too: 'late' } }),
    expire: async () => {
      await this.#letExpire();
      await this.#reachExpiry();
    },
    'will expire': () => this.#letExpire(),
    'expiry passes': () => this.#reachExpiry(),
    'change role': async () => {
      await this.#api.done('POST', `${V1}/org/change_role`, { user_id: this.#userId, org_id: this.#orgId, role: 'Admin' });
    },
    'change metadata': () => this.#expectStatus('PATCH', 200, { metadata: { changed: true } }),
    'rename user': () => this.#onUser('PUT', '', { first_name: 'Renamed' }),
    'change email': async () => {
      this.#email = this.#api.newEmail();
      await this.#onUser('PUT', '/email', { new_email: this.#email, require_email_confirmation: false });
    },
    'rename org': async () => {
      await this.#api.done('PUT', `${V1}/org/${this.#orgId}`, { name: 'Renamed org' });
    },
    'new key': () => this.#newKey(),
    'end sessions': () => this.#onUser('POST', '/logout_all_sessions'),
  };

  async #onUser(method: 'POST' | 'PUT' | 'DELETE', action: string, body?: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#api.done(method, `${V1}/user/${this.#userId}${action}`, body);
  }
}
