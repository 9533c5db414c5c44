import type { DomainEvent } from '../events.js';
import { invalidField } from '../refusal.js';
import type { EnvironmentState } from '../states.js';
import { tags } from '../tags.js';
import { existingEnvironment } from './existing.js';

interface OfEnvironment {
  readonly environment: EnvironmentState | null;
}

export interface PublishSigningKey {
  readonly environmentId: string;
  readonly keyId: string;
  readonly publicKeyPem: string;
  readonly sealedPrivateKey: string;
}

/** First of two steps: whoever checks tokens can fetch the key before anything is signed with it. */
export const decidePublishSigningKey = ({ environmentId, keyId, publicKeyPem, sealedPrivateKey }: PublishSigningKey, s: OfEnvironment): readonly DomainEvent[] => {
  const { signingKeys } = existingEnvironment(environmentId, s.environment);
  if (signingKeys.some((key) => key.keyId === keyId)) throw invalidField('keyId', 'There is a signing key with this id; a new one needs a new id.');
  const waiting = signingKeys.find(({ activatedAtMs }) => activatedAtMs === null);
  if (waiting !== undefined) throw invalidField('keyId', `The key ${waiting.keyId} is published and not active yet; activate it first.`);
  return [{ type: 'environment.signing-key-published.v1', tags: [tags.env(environmentId)], data: { environmentId, keyId, publicKeyPem, sealedPrivateKey } }];
};

/** Second step: from now on tokens are signed with it. The one before stays good for checking. */
export const decideActivateSigningKey = ({ environmentId, keyId }: Pick<PublishSigningKey, 'environmentId' | 'keyId'>, s: OfEnvironment): readonly DomainEvent[] => {
  const key = existingEnvironment(environmentId, s.environment).signingKeys.find((one) => one.keyId === keyId);
  if (key === undefined) throw invalidField('keyId', 'There is no such signing key; publish one first.');
  if (key.retiredAtMs !== null) throw invalidField('keyId', 'This key was replaced; a retired key never signs again.');
  if (key.activatedAtMs !== null) return [];
  return [{ type: 'environment.signing-key-activated.v1', tags: [tags.env(environmentId)], data: { environmentId, keyId } }];
};
