import { createPublicKey, randomUUID } from 'node:crypto';
import { defaultSettings, tags } from '@app/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, DirectoryRig, newDeployment } from '../testing/directory-rig.js';

describe('environments', () => {
  let deployment: Deployment;
  let rig: DirectoryRig;
  beforeEach(async () => {
    deployment = newDeployment();
    rig = await DirectoryRig.open(deployment);
  });
  afterEach(async () => {
    await rig.close();
    deployment.remove();
  });
  const create = (name: string, commandId: string) =>
    rig.ask('directory.create-environment', { environmentId: randomUUID(), name, settings: defaultSettings('https://auth.example.test') }, { commandId });

  it('the same command finds the environment it made, even when two run at once; another one may not take the name', async () => {
    const both = await Promise.all([create('test', 'first-start'), create('test', 'first-start')]);
    expect(both.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(both.map(({ environmentId }) => environmentId)).size).toBe(1);
    expect(await create('test', 'first-start')).toEqual({ environmentId: both[0].environmentId, created: false });
    await expect(create('test', 'another')).rejects.toMatchObject({ fields: { name: [expect.any(String)] } });
    expect((await rig.ask('directory.list-environments', {})).environments).toHaveLength(1);
  });

  it('an environment shows an RSA key of 2048 bits as SPKI, and never its private half', async () => {
    await create('test', 'c');
    const [environment] = (await rig.ask('directory.list-environments', {})).environments;
    expect(environment?.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(createPublicKey(String(environment?.publicKeyPem)).asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(JSON.stringify(environment)).not.toMatch(/private/i);
    const commits = await rig.log.readFrom(1, 10);
    expect(commits.map(({ body }) => body).join()).not.toContain('PRIVATE KEY');
  });

  it('changed settings are answered whole, wait for the fence, and are refused by name when they make no sense', async () => {
    const environmentId = await rig.createEnvironment();
    const { settings } = await rig.ask('directory.change-settings', { changes: { reinstateKeysOnUnblock: true } });
    expect(settings).toEqual({ ...defaultSettings('https://auth.example.test'), reinstateKeysOnUnblock: true });
    expect(rig.fence.settledNames).toEqual([[tags.env(environmentId)]]);
    await expect(rig.ask('directory.change-settings', { changes: { authUrl: 'https://x.test/' } })).rejects.toMatchObject({
      fields: { authUrl: [expect.any(String)] },
    });
    await expect(rig.ask('directory.change-settings', { changes: {} }, { environmentId: randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
