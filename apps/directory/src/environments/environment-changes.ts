import {
  decideActivateSigningKey,
  decideChangeSettings,
  decidePublishSigningKey,
  decideRevokeSigningKey,
  type EnvironmentState,
  hostOfOrigin,
  notFound,
  tags,
} from '@app/domain';
import type { ChangeOf, EntityStates } from '@app/platform';
import type { SigningKeys } from './signing-keys.js';

interface States {
  readonly states: EntityStates;
}

const environmentIn = async ({ states }: States, environmentId: string): Promise<EnvironmentState> => {
  const environment = await states.load('env-', tags.env(environmentId));
  if (environment === null) throw notFound();
  return environment;
};

/** Changes an environment's settings, and returns all of them as they are afterwards. */
export const changeSettings: ChangeOf<'directory.change-settings', States> = ({ meta: { environmentId }, data: { changes } }, services) => {
  const hostTag = changes.authUrl === undefined ? null : tags.authHost(hostOfOrigin(changes.authUrl));
  return {
    // The host that is left is named by what is appended (`ChangeCommands`): by then another one may have moved.
    names: [tags.env(environmentId), ...(hostTag === null ? [] : [hostTag])],
    decide: (view) =>
      decideChangeSettings({ environmentId, changes }, { environment: view.environment(environmentId), host: hostTag === null ? null : view.claim(hostTag) }),
    reply: async () => ({ settings: (await environmentIn(services, environmentId)).settings }),
  };
};

/** The first of two steps to another signing key: the official clients fetch the public key once, so the operator says when it changes. */
export const publishSigningKey: ChangeOf<'directory.publish-signing-key', States & { readonly signingKeys: SigningKeys }> = async (
  { meta: { environmentId }, data: { keyId } },
  services,
) => {
  const pair = await services.signingKeys.generate(environmentId, keyId);
  return {
    names: [tags.env(environmentId)],
    decide: (view) => decidePublishSigningKey({ environmentId, keyId, ...pair }, { environment: view.environment(environmentId) }),
    reply: async () => {
      const published = (await environmentIn(services, environmentId)).signingKeys.find((key) => key.keyId === keyId);
      if (published === undefined) throw notFound();
      return { keyId, publicKeyPem: published.publicKeyPem };
    },
  };
};

/** The second step: new tokens are signed with the key from now on. */
export const activateSigningKey: ChangeOf<'directory.activate-signing-key', unknown> = ({ meta: { environmentId }, data: { keyId } }) => ({
  names: [tags.env(environmentId)],
  decide: (view) => decideActivateSigningKey({ environmentId, keyId }, { environment: view.environment(environmentId) }),
});

/** Tokens that are signed with the key are no longer valid. */
export const revokeSigningKey: ChangeOf<'directory.revoke-signing-key', unknown> = ({ meta: { environmentId }, data: { keyId } }) => ({
  names: [tags.env(environmentId)],
  decide: (view) => decideRevokeSigningKey({ environmentId, keyId }, { environment: view.environment(environmentId) }),
});
