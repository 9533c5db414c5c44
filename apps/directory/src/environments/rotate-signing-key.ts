import { Inject, Injectable } from '@nestjs/common';
import { decideActivateSigningKey, decidePublishSigningKey, decideRevokeSigningKey, notFound, tags } from '@app/domain';
import { EntityStates } from '@app/platform';
import { DirectoryChanges } from '../directory-changes.js';
import type { In, Out } from '../message-types.js';
import { SigningKeys } from './signing-keys.js';

/** Another signing key in two steps: the official clients fetch the public key once, so the operator says when it changes. */
@Injectable()
export class RotateSigningKey {
  constructor(
    @Inject(DirectoryChanges) private readonly changes: DirectoryChanges,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
    @Inject(EntityStates) private readonly states: EntityStates,
  ) {}

  async publish({ meta, data: { keyId } }: In<'directory.publish-signing-key'>): Out<'directory.publish-signing-key'> {
    const { environmentId } = meta;
    const pair = await this.keys.generate(environmentId, keyId);
    const { pos } = await this.changes.make(meta, {
      names: [tags.env(environmentId)],
      decide: (view) => decidePublishSigningKey({ environmentId, keyId, ...pair }, { environment: view.environment(environmentId) }),
    });
    const environment = await this.states.load('env-', tags.env(environmentId));
    const published = environment?.signingKeys.find((key) => key.keyId === keyId);
    if (published === undefined) throw notFound();
    return { data: { keyId, publicKeyPem: published.publicKeyPem }, pos };
  }

  activate(message: In<'directory.activate-signing-key'>): Out<'directory.activate-signing-key'> {
    return this.#change(message, decideActivateSigningKey);
  }

  revoke(message: In<'directory.revoke-signing-key'>): Out<'directory.revoke-signing-key'> {
    return this.#change(message, decideRevokeSigningKey);
  }

  #change(
    { meta, data: { keyId } }: In<'directory.activate-signing-key' | 'directory.revoke-signing-key'>,
    decide: typeof decideActivateSigningKey,
  ): Out<'directory.activate-signing-key'> {
    const { environmentId } = meta;
    return this.changes.make(meta, {
      names: [tags.env(environmentId)],
      decide: (view) => decide({ environmentId, keyId }, { environment: view.environment(environmentId) }),
    });
  }
}
