// What the libraries themselves need for a password check and for a signature, beside logins and refreshes, which do the same and more.
import { generateKeyPairSync } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { SignJWT } from 'jose';
import type { Work } from './work.js';

const PASSWORD = 'a long enough password';

export const hashing = async (): Promise<Work> => {
  // The defaults of the library, as the product takes them.
  const stored = await hash(PASSWORD);
  return {
    actFor: () => async () => {
      if (!(await verify(stored, PASSWORD))) throw new Error('a wrong password');
    },
  };
};

export const signing = (): Work => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  // As long as an access token's.
  const claims = { user_id: 'a'.repeat(36), email: 'end-user-1@example.test', session_epoch: 1, sid: 'b'.repeat(32), org_id_to_org_member_info: {} };
  return {
    actFor: () => () =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'c'.repeat(36) })
        .setSubject('a'.repeat(36))
        .setIssuedAt()
        .setExpirationTime('15m')
        .sign(privateKey),
  };
};
