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
import type { KeyView, RequestOf } from '@app/messages';
import { notFound, refuseWithoutOrganizationKeys, tags } from '@app/domain';
import { RpcClient } from '@app/platform';
import { mintOrganizationToken, nativeSpace, newKeyId, tokenDigest } from '@app/tokens';
import { OrganizationKeyId } from '../http/wire-input.js';
import { type ApiCall, Call } from '../entry/call.js';
import { HeavyQuestions } from '../entry/heavy-questions.js';
import { FenceRecords } from '../entry/fence-records.js';
import { Serves } from '../entry/endpoint.js';
import { jsonBodyOf } from '../http/json-body.js';
import { ManagedOrganization } from './managed-organization.js';

const ENDED_ARE_LISTED_MS = 90 * 86_400_000;
/** So many are read, and written as JSON, in about a millisecond. */
const KEYS_PER_PART = 25;
/** The newest ones: a list has no pages, and must not take all memory. */
const LISTED_AT_MOST = 10_000;

@Controller()
export class OrganizationKeysController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(FenceRecords) private readonly records: FenceRecords,
    @Inject(ManagedOrganization) private readonly managed: ManagedOrganization,
    @Inject(HeavyQuestions) private readonly heavy: HeavyQuestions,
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
    const parts = await this.heavy.oneAtATime(`user-${call.session.user.userId}`, call.reply, () => this.#keysOf(orgId, call));
    void call.reply.type('application/json; charset=utf-8');
    // Each part is JSON already: all of it at once would hold up the thread that validates.
    return `{"status":"success","data":{"apiKeys":[${parts.join(',')}]}}`;
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

  /** Newest first, as JSON of each part. */
  async #keysOf(orgId: string, call: ApiCall): Promise<readonly string[]> {
    const endedAfterMs = Date.now() - ENDED_ARE_LISTED_MS;
    const parts: string[] = [];
    let after: RequestOf<'keys.list-organization-keys'>['after'] = null;
    for (let listed = 0; listed < LISTED_AT_MOST; listed += KEYS_PER_PART) {
      const { items, pos } = await this.heavy.part(() => this.#part({ orgId, endedAfterMs, after, limit: KEYS_PER_PART }, call));
      const last = items.at(-1);
      if (last === undefined) break;
      parts.push(rowsText(items));
      if (items.length < KEYS_PER_PART) break;
      after = { createdAtMs: last.key.createdAtMs, keyId: last.key.keyId, pos };
    }
    return parts;
  }

  #part(data: RequestOf<'keys.list-organization-keys'>, call: ApiCall) {
    return this.rpc.call('keys.list-organization-keys', data, call.caller());
  }
}

/** Rows without the brackets around them. */
const rowsText = (items: readonly KeyView[]): string => JSON.stringify(items.map(wireOrganizationKeyRow)).slice(1, -1);
