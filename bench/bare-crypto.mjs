// Bare password checks and signatures: what the libraries themselves need, beside logins and refreshes, which do the same and more.
// `{does: 'argon2' | 'rs256', seconds, atOnce}` in, one result line out: `{perSecond}`.
import { generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import { hash, verify } from '@node-rs/argon2';
import { SignJWT } from 'jose';

const PASSWORD = 'a long enough password';
// The defaults of the library, as the product takes them.
const stored = await hash(PASSWORD);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

const acts = {
  argon2: async () => {
    if (!(await verify(stored, PASSWORD))) throw new Error('a wrong password');
  },
  rs256: () => new SignJWT({ user_id: 'a'.repeat(36), email: 'visitor-1@example.test', session_epoch: 1, sid: 'b'.repeat(32), org_id_to_org_member_info: {} })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'c'.repeat(36) }).setSubject('a'.repeat(36)).setIssuedAt().setExpirationTime('15m').sign(privateKey),
};

const run = async ({ does, seconds, atOnce }) => {
  const startedAt = performance.now();
  let done = 0;
  const lane = async () => {
    while (performance.now() - startedAt < seconds * 1_000) {
      await acts[does]();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { perSecond: (done * 1_000) / (performance.now() - startedAt) };
};

createInterface({ input: process.stdin }).on('line', (line) => {
  void run(JSON.parse(line)).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
});
