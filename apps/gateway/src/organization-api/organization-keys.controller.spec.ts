import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyView, RequestOf } from '@app/messages';
import type { FenceRecordState } from '@app/domain';
import type { RpcClient } from '@app/platform';
import { nativeSpace, tokenDigest } from '@app/tokens';
import type { ApiCall } from '../entry/call.js';
import type { FenceRecords } from '../entry/fence-records.js';
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
    );
  const call = (body: unknown = { name: 'deploy' }): ApiCall =>
    ({
      request: { body: Buffer.from(JSON.stringify(body)) },
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

  it('a list is read to its end, page by page; a key that a new one pushed onto the next page is listed once', async () => {
    const pages = [views(200), [...views(1, 199), ...views(199, 200)], views(7, 399)];
    rpc.replies['keys.list-keys'] = (data) => ({ items: pages[(data as RequestOf<'keys.list-keys'>).pageNumber] ?? [], total: 406 });
    const { apiKeys } = (await controller().list(call())).data;
    expect(apiKeys.map(({ id }) => id)).toEqual(views(406).map(({ key }) => `key_${key.keyId}`));
    expect(rpc.asked.map(({ data }) => (data as RequestOf<'keys.list-keys'>).pageNumber)).toEqual([0, 1, 2]);
  });

  it('a list has the keys of this organization: active ones, and those that ended in the last 90 days', async () => {
    rpc.replies['keys.list-keys'] = () => ({ items: [], total: 0 });
    const before = Date.now();
    await controller().list(call());
    const asked = rpc.asked[0]?.data as RequestOf<'keys.list-keys'>;
    expect(asked).toMatchObject({ orgId: ORG_ID, life: 'any', orderBy: 'CREATED_AT_DESC', userId: null });
    expect(asked.endedAfterMs).toBeGreaterThanOrEqual(before - 90 * DAY_MS);
    expect(asked.endedAfterMs).toBeLessThanOrEqual(Date.now() - 90 * DAY_MS);
  });

  it('a list ends after the newest 10 000 keys', async () => {
    rpc.replies['keys.list-keys'] = (data) => ({ items: views(200, (data as RequestOf<'keys.list-keys'>).pageNumber * 200), total: 1_000_000 });
    expect((await controller().list(call())).data.apiKeys).toHaveLength(10_000);
    expect(rpc.asked).toHaveLength(50);
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
