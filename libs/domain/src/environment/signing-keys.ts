import { existing } from '../existing.js';
import type { DomainEvent } from '../log-events.js';
import { invalidField } from '../refusal.js';
import { tags } from '../tags.js';
import type { EnvironmentState, SigningKeyState } from './state.js';

interface Activatable {
  readonly activatedAtMs: number | null;
  readonly retiredAtMs: number | null;
}

/** The key that signs now: activated and not retired. There is always one, because only activating another retires it. */
export const activeSigningKey = <Key extends Activatable>({ signingKeys }: { readonly signingKeys: readonly Key[] }): Key => {
  const active = signingKeys.find(({ activatedAtMs, retiredAtMs }) => activatedAtMs !== null && retiredAtMs === null);
  if (active === undefined) throw new Error('An environment has no active signing key.');
  return active;
};

interface OfEnvironment {
  readonly environment: EnvironmentState | null;
}

export interface PublishSigningKeyCommand {
  readonly environmentId: string;
  readonly keyId: string;
  readonly publicKeyPem: string;
  readonly sealedPrivateKey: string;
}

type OneSigningKey = Pick<PublishSigningKeyCommand, 'environmentId' | 'keyId'>;

const existingKey = ({ environmentId, keyId }: OneSigningKey, s: OfEnvironment): SigningKeyState => {
  const key = existing(environmentId, s.environment).signingKeys.find((one) => one.keyId === keyId);
  if (key === undefined) throw invalidField('keyId', 'There is no such signing key; publish one first.');
  return key;
};

/** First of two steps: services that check tokens can fetch the key before anything is signed with it. */
export const decidePublishSigningKey = (
  { environmentId, keyId, publicKeyPem, sealedPrivateKey }: PublishSigningKeyCommand,
  s: OfEnvironment,
): readonly DomainEvent[] => {
  const { signingKeys } = existing(environmentId, s.environment);
  if (signingKeys.some((key) => key.keyId === keyId)) throw invalidField('keyId', 'There is a signing key with this id; a new one needs a new id.');
  const waiting = signingKeys.find(({ activatedAtMs, revoked }) => activatedAtMs === null && !revoked);
  if (waiting !== undefined) throw invalidField('keyId', `The key ${waiting.keyId} is published and not active yet; activate or revoke it first.`);
  return [{ type: 'environment.signing-key-published.v1', tags: [tags.env(environmentId)], data: { environmentId, keyId, publicKeyPem, sealedPrivateKey } }];
};

/** Second step: from now on tokens are signed with it. The previous one stays valid for checks. */
export const decideActivateSigningKey = ({ environmentId, keyId }: OneSigningKey, s: OfEnvironment): readonly DomainEvent[] => {
  const key = existingKey({ environmentId, keyId }, s);
  if (key.revoked) throw invalidField('keyId', 'This key was revoked; publish another one.');
  if (key.retiredAtMs !== null) throw invalidField('keyId', 'This key was replaced; a retired key never signs again.');
  if (key.activatedAtMs !== null) return [];
  return [{ type: 'environment.signing-key-activated.v1', tags: [tags.env(environmentId)], data: { environmentId, keyId } }];
};

/** For a key that leaked. Every token that it signed ends with it; the active key cannot be revoked, or nothing could be signed. */
export const decideRevokeSigningKey = ({ environmentId, keyId }: OneSigningKey, s: OfEnvironment): readonly DomainEvent[] => {
  const key = existingKey({ environmentId, keyId }, s);
  if (key.revoked) return [];
  if (key.activatedAtMs !== null && key.retiredAtMs === null)
    throw invalidField('keyId', 'Tokens are signed with this key; publish and activate another one first.');
  return [{ type: 'environment.signing-key-revoked.v1', tags: [tags.env(environmentId)], data: { environmentId, keyId } }];
};
