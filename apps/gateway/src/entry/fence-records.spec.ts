import { describe, expect, it } from 'vitest';
import { type FenceNode, FenceUnavailable, type ResolvedRecords } from '@app/fence';
import { backendKeyRecord, environmentRecord } from '../testing/records.js';
import { FenceRecords } from './fence-records.js';

const resolving = (resolve: () => Promise<ResolvedRecords | null>) => new FenceRecords({ resolve } as unknown as FenceNode).byDigest('digest');
const environment = environmentRecord();

describe('a backend key, looked up through the fence', () => {
  it('comes with its environment', async () => {
    const records = { backendKey: backendKeyRecord(), environment };
    expect(await resolving(() => Promise.resolve({ kind: 'backendkey', records }))).toEqual({ kind: 'backendkey', records });
  });

  it('is null if it is unknown, and a refusal if that is undecided', async () => {
    expect(await resolving(() => Promise.resolve(null))).toBeNull();
    await expect(resolving(() => Promise.reject(new FenceUnavailable('it has no lease')))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
