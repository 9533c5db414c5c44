import type { BackendKeyAccess } from '@app/http-api';
import type { Caller, RpcClient } from '@app/platform';
import { mintBackendKey, newKeyId, tokenDigest } from '@app/tokens';

/** Creates a backend key. Only this result has the plaintext: show it once and forget it. */
export const issueBackendKey = async (
  rpc: RpcClient,
  caller: Caller,
  { name, kind, permissions }: BackendKeyAccess & { readonly name: string },
): Promise<{ readonly backendKeyId: string; readonly backendKey: string }> => {
  const backendKey = mintBackendKey().reveal();
  const data = { backendKeyId: newKeyId(), digest: tokenDigest('backend', backendKey), name, kind, permissions };
  const { backendKeyId } = await rpc.call('keys.issue-backend-key', data, caller);
  return { backendKeyId, backendKey };
};
