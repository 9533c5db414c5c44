import { Controller, Inject } from '@nestjs/common';
import {
  CreateOrganizationKeyBody,
  isoMomentToMs,
  readBody,
  SHOWN_TOKEN_LENGTH,
  wireOrganizationKey,
  wireOrganizationKeyRow,
  wireSuccess,
} from '@app/http-api';
import { type KeyView, LIST_KEYS_DEFAULTS } from '@app/messages';
import { notFound, refuseWithoutOrganizationKeys, tags } from '@app/domain';
import { RpcClient } from '@app/platform';
import { mintOrganizationToken, nativeSpace, newKeyId, tokenDigest } from '@app/tokens';
import { OrganizationKeyId } from '../http/wire-input.js';
import { type ApiCall, Call } from '../entry/call.js';
import { FenceRecords } from '../entry/fence-records.js';
import { Serves } from '../entry/endpoint.js';
import { jsonBodyOf } from '../http/json-body.js';
import { ManagedOrganization } from './managed-organization.js';

const ENDED_ARE_LISTED_MS = 90 * 86_400_000;
const KEYS_PER_QUERY = 200;
/** The newest ones: a list has no pages and must not exhaust the memory. */
const LISTED_AT_MOST = 10_000;

@Controller()
export class OrganizationKeysController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(FenceRecords) private readonly records: FenceRecords,
    @Inject(ManagedOrganization) private readonly managed: ManagedOrganization,
  ) {}

  @Serves('create-organization-key')
  async create(@Call() call: ApiCall) {
    const { orgId } = await this.managed.of(call);
    const { settings } = call.environment;
    // The same rule as in `decideIssueKey`, checked before the body: a disabled call does not report errors in it.
    refuseWithoutOrganizationKeys(settings);
    // Here and not in a parameter decorator, which would report errors in the body before the caller's rights are known.
    const body = readBody(CreateOrganizationKeyBody, jsonBodyOf(call.request));
    const keyId = newKeyId();
    // Revealed only here: services get the digest, and the caller gets the token once.
    const token = mintOrganizationToken(settings.organizationTokenPrefix).reveal();
    const issued = await this.#issue({ keyId, orgId, token, body }, call);
    return wireSuccess({ key: token, apiKey: wireOrganizationKey({ ...issued, createdAtMs: await this.#createdAtMs(keyId) }, null) });
  }

  @Serves('list-organization-keys')
  async list(@Call() call: ApiCall) {
    const { orgId } = await this.managed.of(call);
    return wireSuccess({ apiKeys: (await this.#keysOf(orgId, call)).map(wireOrganizationKeyRow) });
  }

  @Serves('revoke-organization-key')
  async revoke(@OrganizationKeyId() keyId: string, @Call() call: ApiCall) {
    const { orgId } = await this.managed.of(call);
    const key = await this.records.byName(tags.key(keyId));
    if (key?.kind !== 'key' || key.orgId !== orgId) throw notFound();
    await this.rpc.call('keys.revoke-key', { keyId }, call.caller());
    return wireSuccess({ message: 'API key revoked' });
  }

  async #issue({ keyId, orgId, token, body }: { keyId: string; orgId: string; token: string; body: CreateOrganizationKeyBody }, call: ApiCall) {
    const data = {
      keyId,
      orgId,
      userId: null,
      creatorId: call.session.user.userId,
      origin: 'organization',
      imported: false,
      metadata: null,
      digest: tokenDigest(nativeSpace(call.environmentId), token),
      // It contains two of the 56 random characters, as usual for keys of this form.
      tokenPrefix: token.slice(0, SHOWN_TOKEN_LENGTH),
      displayName: body.name,
      expiresAtMs: body.expiresAt === null ? null : isoMomentToMs(body.expiresAt),
    } as const;
    await this.rpc.call('keys.issue-key', data, call.caller());
    return data;
  }

  /** The log has the time of creation. The key exists already: a failure here would lose its token for good. */
  async #createdAtMs(keyId: string): Promise<number> {
    const key = await this.records.byName(tags.key(keyId)).catch(() => null);
    return key?.kind === 'key' ? key.createdAtMs : Date.now();
  }

  /** Newest first. Keys created meanwhile push others onto the next page, so each key is kept only once. */
  async #keysOf(orgId: string, call: ApiCall): Promise<readonly KeyView[]> {
    const found = new Map<string, KeyView>();
    const wanted = { ...LIST_KEYS_DEFAULTS, life: 'any', endedAfterMs: Date.now() - ENDED_ARE_LISTED_MS, orgId, pageSize: KEYS_PER_QUERY } as const;
    for (let pageNumber = 0; pageNumber * KEYS_PER_QUERY < LISTED_AT_MOST; pageNumber += 1) {
      const { items, total } = await this.rpc.call('keys.list-keys', { ...wanted, pageNumber }, call.caller());
      for (const view of items) found.set(view.key.keyId, view);
      if ((pageNumber + 1) * KEYS_PER_QUERY >= total) break;
    }
    return [...found.values()];
  }
}
