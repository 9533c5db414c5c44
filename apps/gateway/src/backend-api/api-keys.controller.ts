import { Controller, Inject } from '@nestjs/common';
import { CreateApiKeyBody, ImportApiKeyBody, UpdateApiKeyBody } from '@app/http-api';
import type { IssueKeyData } from '@app/messages';
import { invalidField } from '@app/domain';
import { RpcClient } from '@app/platform';
import {
  hasImportedLength,
  IMPORTED_TOKEN_MAX_BYTES,
  IMPORTED_TOKEN_MIN_BYTES,
  importedSpace,
  issueNativeToken,
  newKeyId,
  tokenDigest,
  withoutBearer,
} from '@app/tokens';
import { Serves } from '../entry/endpoint.js';
import { DONE, textOrNull } from '../http/answers.js';
import { type ApiCall, Call } from '../entry/call.js';
import { ApiKeyId, WireBody } from '../http/wire-input.js';

const toIssueKeyData = (body: CreateApiKeyBody): Omit<IssueKeyData, 'keyId' | 'digest' | 'tokenPrefix' | 'imported'> => ({
  origin: 'backend',
  userId: body.user_id?.toLowerCase() ?? null,
  orgId: body.org_id?.toLowerCase() ?? null,
  // The service sets the key's own user as its creator.
  creatorId: null,
  expiresAtMs: body.expires_at_seconds === null ? null : body.expires_at_seconds * 1000,
  metadata: body.metadata,
  displayName: textOrNull(body.display_name),
});

// Validations remove a `Bearer ` prefix: a key imported with it could never be valid.
const importedToken = (given: string): string => {
  const token = withoutBearer(given);
  if (hasImportedLength(token)) return token;
  throw invalidField('imported_api_key', `must be ${IMPORTED_TOKEN_MIN_BYTES} to ${IMPORTED_TOKEN_MAX_BYTES} bytes`);
};

const updatesOf = (body: UpdateApiKeyBody) => {
  if (body.set_to_never_expire && body.expires_at_seconds !== null) {
    throw invalidField('set_to_never_expire', 'must not be true together with expires_at_seconds; send only one of them');
  }
  return {
    ...(body.set_to_never_expire ? { expiresAtMs: null } : {}),
    ...(body.expires_at_seconds === null ? {} : { expiresAtMs: body.expires_at_seconds * 1000 }),
    ...(body.metadata === null ? {} : { metadata: body.metadata }),
  };
};

@Controller()
export class ApiKeysController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Serves('create-api-key')
  async create(@WireBody(CreateApiKeyBody) body: CreateApiKeyBody, @Call() call: ApiCall) {
    const { token, ...issued } = issueNativeToken(call.environmentId, call.environment.settings.backendTokenPrefix);
    const data = { ...toIssueKeyData(body), ...issued, imported: false };
    await this.rpc.call('keys.issue-key', data, call.creator());
    return { api_key_id: issued.keyId, api_key_token: token };
  }

  @Serves('import-api-key')
  async import(@WireBody(ImportApiKeyBody) body: ImportApiKeyBody, @Call() call: ApiCall) {
    const digest = tokenDigest(importedSpace(call.environmentId), importedToken(body.imported_api_key));
    const data = { ...toIssueKeyData(body), keyId: newKeyId(), digest, tokenPrefix: null, imported: true };
    // A repeated import returns the id of the first one, not the id made here: its response has no token that could be lost.
    return { api_key_id: (await this.rpc.call('keys.issue-key', data, call.creator())).keyId };
  }

  @Serves('update-api-key')
  async update(@ApiKeyId() keyId: string, @WireBody(UpdateApiKeyBody) body: UpdateApiKeyBody, @Call() call: ApiCall) {
    await this.rpc.call('keys.update-key', { keyId, ...updatesOf(body) }, call.caller());
    return DONE;
  }

  @Serves('delete-api-key')
  async delete(@ApiKeyId() keyId: string, @Call() call: ApiCall) {
    await this.rpc.call('keys.revoke-key', { keyId }, call.caller());
    return DONE;
  }
}
