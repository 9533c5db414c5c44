import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyView, RequestOf } from '@app/messages';
import type { FenceRecordState } from '@app/domain';
import type { RpcClient } from '@app/platform';
import { nativeSpace, tokenDigest } from '@app/tokens';
import type { ApiCall } from '../entry/call.js';
import type { FenceRecords } from '../entry/fence-records.js';
import { HeavyQuestions } from '../entry/heavy-questions.js';
import { ENV_ID, environmentRecord, KEY_ID, keyRecord, ORG_ID, organizationRecord, USER_ID, userRecord } from '../testing/records.js';
import { FakeRpc } from '../testing/gateway-rig.js';
import type { ManagedOrganization } from './managed-organization.js';
import { OrganizationKeysController } from './organization-keys.controller.js';

const DAY_MS = 86_400_000;
const view = (index: number): KeyView => ({
  key: keyRecord({ keyId: index.toString(16).padStart(32, '0'), orgId: ORG_ID }),
  archived: false,
  endedAtMs: null,
  lastUsedAtMs: null,
});
const views = (count: number, from = 0): readonly KeyView[] => Array.from({ length: count }, (_, index) => view(from + index));

describe('the keys of an organization, in the gateway', () => {
  let rpc: FakeRpc;
  let record: FenceRecordState | null;
  const controller = (): OrganizationKeysController =>
    new OrganizationKeysController(
      rpc as unknown as RpcClient,
      { byName: () => Promise.resolve(record) } as unknown as FenceRecords,
      { of: () => Promise.resolve(organizationRecord()) } as unknown as ManagedOrganization,
      new HeavyQuestions(),
    );
  const call = (body: unknown = { name: 'deploy' }): ApiCall =>
    ({
      request: { body: Buffer.from(JSON.stringify(body)) },
      reply: { type: () => undefined },
      environment: environmentRecord(),
      environmentId: ENV_ID,
      session: { user: userRecord(), sessionId: null },
      caller: () => ({ requestId: 'r', commandId: 'c', environmentId: ENV_ID, actor: `user-${USER_ID}` }),
    }) as unknown as ApiCall;
  beforeEach(() => {
    rpc = new FakeRpc();
    record = keyRecord({ orgId: ORG_ID });
  });

  it('the response has the token, but no message does: services get its digest and the first ten characters', async () => {
    const { key: token } = (await controller().create(call())).data;
    expect(rpc.asked[0]?.data).toMatchObject({
      orgId: ORG_ID,
      userId: null,
      creatorId: USER_ID,
      origin: 'organization',
      displayName: 'deploy',
      expiresAtMs: null,
      digest: tokenDigest(nativeSpace(ENV_ID), token),
      tokenPrefix: token.slice(0, 10),
    });
    expect(JSON.stringify(rpc.asked)).not.toContain(token);
  });

  const listed = async (): Promise<readonly string[]> => {
    const answer = JSON.parse(await controller().list(call())) as { readonly data: { readonly apiKeys: readonly { readonly id: string }[] } };
    expect(answer).toMatchObject({ status: 'success' });
    return answer.data.apiKeys.map(({ id }) => id);
  };
  type Asked = RequestOf<'keys.list-organization-keys'>;
  const askedFor = (): readonly Asked[] => rpc.asked.map(({ data }) => data as Asked);

  it('a list is read to its end, part after part, each from the last key of the one before and at no older position', async () => {
    const parts = [views(25), views(25, 25), views(7, 50)];
    rpc.replies['keys.list-organization-keys'] = () => ({ items: parts[rpc.asked.length - 1] ?? [], pos: 42 });
    expect(await listed()).toEqual(views(57).map(({ key }) => `key_${key.keyId}`));
    expect(askedFor().map(({ after }) => after && [after.keyId, after.pos])).toEqual([null, [view(24).key.keyId, 42], [view(49).key.keyId, 42]]);
  });

  it.each([0, 1, 25])('a list of %i keys is whole, and valid JSON', async (count) => {
    rpc.replies['keys.list-organization-keys'] = () => ({ items: rpc.asked.length === 1 ? views(count) : [], pos: 1 });
    expect((await listed()).length).toBe(count);
  });

  it('a list is of this organization: living keys, and those that ended in the last 90 days', async () => {
    rpc.replies['keys.list-organization-keys'] = () => ({ items: [], pos: 1 });
    const before = Date.now();
    await listed();
    const [asked] = askedFor();
    expect(asked).toMatchObject({ orgId: ORG_ID, after: null });
    expect(asked?.endedAfterMs).toBeGreaterThanOrEqual(before - 90 * DAY_MS);
    expect(asked?.endedAfterMs).toBeLessThanOrEqual(Date.now() - 90 * DAY_MS);
  });

  it('a list ends after the newest 10 000 keys, whatever there is', async () => {
    rpc.replies['keys.list-organization-keys'] = () => ({ items: views(25, (rpc.asked.length - 1) * 25), pos: 1 });
    expect((await listed()).length).toBe(10_000);
    expect(rpc.asked).toHaveLength(400);
  });

  it.each([
    ['unknown', null],
    ['of another organization', keyRecord({ orgId: '11111111-88e4-4f3a-8a6b-1e2d3c4b5a69' })],
    ['of a user', keyRecord({ userId: USER_ID })],
    ['not a key', organizationRecord()],
  ])('a record that is %s is not revoked', async (_, found) => {
    record = found;
    await expect(controller().revoke(KEY_ID, call())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(rpc.asked).toEqual([]);
  });
});
