import { InProcessRateLimiter } from '@app/adapters/in-process';
import type { FenceRecordState, KeyRecord } from '@app/domain';
import type { FenceNode, PreparedAnswer } from '@app/fence';
import { UsageCounter } from '@app/platform';
import { mintApiKeyToken, mintBackendKey, nativeSpace, newKeyId, tokenDigest } from '@app/tokens';
import { beforeEach, describe, expect, it } from 'vitest';
import { backendKeyRecord, digestOf, ENV, envRecord, membership, orgRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { userChanged, World } from '@test/support/fence/world.js';
import { PresentedCall } from './presented-call.js';
import { ValidateKey } from './validate-key.js';

const USER = '0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10';
const ORG = '7c1d9a52-88e4-4f3a-8a6b-1e2d3c4b5a69';
const user = (changes: Parameters<typeof userRecord>[1] = {}) => userRecord(USER, { memberships: { [ORG]: membership() }, ...changes });
const renamedOrg = orgRecord(ORG, { profile: { ...orgRecord(ORG).profile, name: 'Renamed' } });

/** Real records in a real node; only what a token's digest looks like is translated. */
class Validation {
  readonly #digests = new Map<string, string>();
  readonly #backendKey = mintBackendKey().reveal();
  readonly #tokens = new Map<string, string>();
  readonly #world: World;
  #node: FenceNode | null = null;

  constructor(keys: readonly KeyRecord[]) {
    this.#world = new World({}, [orgRecord(ORG), user(), userRecord('someone'), backendKeyRecord('b'), ...keys]);
    this.#digests.set(tokenDigest('backend', this.#backendKey), digestOf('b'));
    for (const { keyId } of keys) {
      const token = mintApiKeyToken(newKeyId(), '').reveal();
      this.#tokens.set(keyId, token);
      this.#digests.set(tokenDigest(nativeSpace(ENV), token), digestOf(keyId));
    }
  }

  async start(): Promise<this> {
    await this.#world.authority.start();
    this.#node = (await this.#world.leasedNode()).node;
    return this;
  }

  /** The answer of a hit: what is not in memory is looked up before. */
  async answer(keyId: string): Promise<PreparedAnswer> {
    const node = this.#node;
    const token = this.#tokens.get(keyId);
    if (node === null || token === undefined) throw new Error('Not started, or no such key.');
    const digest = (one: string): string => this.#digests.get(one) ?? one;
    const { clock } = this.#world;
    const validate = new ValidateKey(
      { hit: (one) => node.hit(digest(one)), resolve: (one) => node.resolve(digest(one)), now: () => node.now() },
      new InProcessRateLimiter(clock, 10),
      new UsageCounter({ call: () => Promise.reject(new Error('nobody')) }, clock),
    );
    const call = new PresentedCall('native', `Bearer ${this.#backendKey}`, token);
    if (validate.fromMemory(call) === null) await validate.lookUp(call);
    const outcome = validate.fromMemory(call);
    if (outcome?.kind !== 'valid') throw new Error(`Not a valid hit: ${outcome?.kind}`);
    return outcome.body;
  }

  async change(name: string, state: FenceRecordState): Promise<void> {
    await this.#world.authority.barrier(this.#world.change(userChanged(USER), state), [name]);
  }
}

let validation: Validation;
beforeEach(async () => {
  validation = await new Validation([
    personalKey('k1', USER),
    personalKey('k2', USER),
    personalKey('k3', USER),
    personalKey('scoped', USER, { metadata: { scope: 'read' } }),
    personalKey('scoped2', USER, { metadata: { scope: 'write' } }),
    personalKey('other', 'someone'),
  ]).start();
});

describe('the answer of keys of one user', () => {
  it('is made once for all of them that have no metadata', async () => {
    const first = await validation.answer('k1');
    expect(await validation.answer('k2')).toBe(first);
    expect(await validation.answer('k3')).toBe(first);
    expect(JSON.parse(first.latin1)).toMatchObject({ metadata: null, user_id: USER, user: { org_id_to_org_info: { [ORG]: { org_name: ORG } } } });
  });

  it.each([
    ['k1', 'scoped', 'scoped2'],
    ['scoped2', 'scoped', 'k1'],
  ])('never shows the metadata of another: %s, %s, %s', async (...order) => {
    const metadata: Record<string, unknown> = { k1: null, scoped: { scope: 'read' }, scoped2: { scope: 'write' } };
    for (const keyId of [...order, ...order]) expect(JSON.parse((await validation.answer(keyId)).latin1)).toMatchObject({ metadata: metadata[keyId] });
  });

  it('is not that of another user', async () => {
    await validation.answer('k1');
    expect(JSON.parse((await validation.answer('other')).latin1)).toMatchObject({ user_id: 'someone' });
  });

  it.each<[string, string, FenceRecordState, string]>([
    ['the user', `user-${USER}`, user({ email: 'new@example.com' }), 'new@example.com'],
    ['an organization of the user', `org-${ORG}`, renamedOrg, 'Renamed'],
  ])('is that of now for every key, used before or not, once %s changed', async (_what, name, state, expected) => {
    for (const keyId of ['k1', 'k2']) expect((await validation.answer(keyId)).latin1).not.toContain(expected);
    await validation.change(name, state);
    for (const keyId of ['k3', 'k2', 'k1']) expect((await validation.answer(keyId)).latin1).toContain(expected);
  });

  it('is made again once the environment changed, and stays when only another key did', async () => {
    const first = await validation.answer('k1');
    await validation.change('key-k2', personalKey('k2', USER, { displayName: 'new' }));
    expect(await validation.answer('k2')).toBe(first);
    await validation.change('env-env1', envRecord({ name: 'new' }));
    const second = await validation.answer('k2');
    expect(second).not.toBe(first);
    expect(await validation.answer('k1')).toBe(second);
  });

  it('shows metadata from the moment the key has some', async () => {
    await validation.answer('k1');
    await validation.change('key-k1', personalKey('k1', USER, { metadata: { scope: 'new' } }));
    expect(JSON.parse((await validation.answer('k1')).latin1)).toMatchObject({ metadata: { scope: 'new' } });
  });
});
