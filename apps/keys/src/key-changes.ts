import { decideRevokeBackendKey, decideRevokeKey, decideUpdateKey, isArchived, type KeyStates, notFound, tags } from '@app/domain';
import type { StateView } from '@app/log';
import type { ChangeOf } from '@app/platform';

/** The key and the entities that it names. They are known only once the key is loaded, so the first decision takes a second round of loading. */
const keyStates = (view: StateView, keyId: string): KeyStates => {
  const key = view.apiKey(keyId);
  if (key === null) return { key, principals: { environment: null, user: null, organization: null, creator: null } };
  return {
    key,
    principals: {
      environment: view.environment(key.environmentId),
      user: key.userId === null ? null : view.user(key.userId),
      organization: key.orgId === null ? null : view.organization(key.orgId),
      creator: key.creatorId === null ? null : view.user(key.creatorId),
    },
  };
};

/** Renames a key, replaces its metadata or moves its expiry: only the given fields change. */
export const updateKey: ChangeOf<'keys.update-key', unknown> = ({ meta: { environmentId }, data: { keyId, expiresAtMs, metadata, displayName } }) => ({
  names: [tags.key(keyId)],
  decide: (view, at) => decideUpdateKey({ keyId, environmentId, expiresAtMs, metadata, displayName }, keyStates(view, keyId), at),
});

/**
 * Ends a key for good. When this returns, with success or with "not found", no node can answer *valid* any more. An archived key is
 * "not found" (ruling U6), but only after it has been revoked too: a block that is lifted later may be what archived it.
 */
export const revokeKey: ChangeOf<'keys.revoke-key', unknown> = ({ meta: { environmentId }, data: { keyId } }) => ({
  names: [tags.key(keyId)],
  decide: (view, at) => {
    const states = keyStates(view, keyId);
    const events = decideRevokeKey({ keyId, environmentId }, states);
    return { events, answer: { wasArchived: states.key !== null && isArchived(states.key, states.principals, at) } };
  },
  reply: ({ answer }) => {
    if (wasArchived(answer)) throw notFound();
    return {};
  },
});

const wasArchived = (answer: unknown): boolean => typeof answer === 'object' && answer !== null && 'wasArchived' in answer && answer.wasArchived === true;

/** Ends a backend key: when this returns, no edge accepts it any more. */
export const revokeBackendKey: ChangeOf<'keys.revoke-backend-key', unknown> = ({ meta: { environmentId }, data: { backendKeyId } }) => ({
  names: [tags.backendKey(backendKeyId)],
  decide: (view) => decideRevokeBackendKey({ backendKeyId, environmentId }, { backendKey: view.backendKey(backendKeyId) }),
});
