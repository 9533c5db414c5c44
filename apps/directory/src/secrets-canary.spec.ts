import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, DirectoryRig, newDeployment, userProfile } from './testing/directory-rig.js';

/** Protects: a stolen data folder gives no password away, and tags (which are indexed and logged) no address or user name. */
describe('canaries', () => {
  let deployment: Deployment;
  let rig: DirectoryRig;
  beforeEach(async () => {
    deployment = newDeployment();
    rig = await DirectoryRig.open(deployment);
    await rig.createEnvironment();
  });
  afterEach(() => deployment.remove());

  /** Of the file and of what stands beside it (`-wal`), where the newest pages may still be. */
  const bytesOf = (name: string): string =>
    readdirSync(deployment.dataDir)
      .filter((file) => file.startsWith(name))
      .map((file) => readFileSync(join(deployment.dataDir, file)).toString('latin1'))
      .join();

  it('no password lies in any file, no address or user name in any tag, no hash or private key in the read models', async () => {
    const userId = await rig.createUser('canary-address@example.test', { password: 'canary-password-1', profile: userProfile({ username: 'canary-name' }) });
    await rig.ask('directory.set-password', { userId, password: 'canary-password-2', updatePasswordRequired: false });
    await rig.ask('directory.change-email', { userId, newEmail: 'canary-second@example.test', emailConfirmed: true });
    await rig.ask('directory.fetch-user', { by: 'id', value: userId, includeOrgs: false });
    const allTags = (await rig.log.readFrom(1, 100)).flatMap(({ tags }) => tags);
    expect(allTags.length).toBeGreaterThan(8);
    expect(allTags.filter((tag) => !tag.startsWith('auth-host-')).join('\n')).not.toMatch(/canary|example\.test/i);
    await rig.close();
    // Both files hold the address: the search below looks where things would be found.
    for (const file of ['log.db', 'views.db']) expect(bytesOf(file)).toContain('canary-second@example.test');
    expect(bytesOf('')).not.toMatch(/canary-password|PRIVATE KEY|argon2id/);
    expect(bytesOf('views.db')).not.toMatch(/"sealedPasswordHash":"(?!set")|"sealedPrivateKey":"[^"]/);
  });
});
