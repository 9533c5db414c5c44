import { describe, expect, it } from 'vitest';
import { type FenceNode, FenceUnavailable, type ResolvedRecords } from '@app/fence';
import { backendKeyRecord, environmentRecord, keyRecord } from '../testing/records.js';
import { FenceBackendKeyVerifier } from './fence-backend-key-verifier.js';

const verifying = (resolve: () => Promise<ResolvedRecords | null>) => new FenceBackendKeyVerifier({ resolve } as unknown as FenceNode).verify('digest');
const environment = environmentRecord();

describe('a backend key, asked of the fence', () => {
  it('comes with its environment', async () => {
    const records = { backendKey: backendKeyRecord(), environment };
    expect(await verifying(() => Promise.resolve({ kind: 'backendkey', records }))).toEqual(records);
  });

  it('a key of an end user never opens the backend API', async () => {
    const records = { key: keyRecord(), environment, user: null, org: null, creator: null, memberOrgs: [] };
    expect(await verifying(() => Promise.resolve({ kind: 'key', records }))).toBeNull();
  });

  it('unknown is null, undecided is a refusal and not "unknown"', async () => {
    expect(await verifying(() => Promise.resolve(null))).toBeNull();
    await expect(verifying(() => Promise.reject(new FenceUnavailable('it has no lease')))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
