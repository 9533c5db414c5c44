import type { KeyStates } from '@app/domain';
import type { StateView } from '@app/log';

/** The key and those it names. Which ones is known only with the key, so the first decision costs a second round of loading. */
export const keyStates = (view: StateView, keyId: string): KeyStates => {
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
