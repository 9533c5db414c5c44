import { Inject, Injectable } from '@nestjs/common';
import { EntityStates } from '@app/platform';
import { SigningKeys } from './environments/signing-keys.js';
import { IdentifierHashes } from './hashing/identifier-hashes.js';
import { Passwords } from './passwords/passwords.js';

/** What changes need in addition to their message. */
@Injectable()
export class DirectoryServices {
  constructor(
    @Inject(IdentifierHashes) readonly hashes: IdentifierHashes,
    @Inject(Passwords) readonly passwords: Passwords,
    @Inject(SigningKeys) readonly signingKeys: SigningKeys,
    @Inject(EntityStates) readonly states: EntityStates,
  ) {}
}
