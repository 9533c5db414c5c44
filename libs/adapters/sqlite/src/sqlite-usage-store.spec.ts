import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type UsageAdapter, usageStoreContract } from '@test/contract/usage-store.contract.js';
import { SqliteUsageStore } from './sqlite-usage-store.js';

const folder = mkdtempSync(join(tmpdir(), 'keyfence-usage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const openAt = (path: string): UsageAdapter => {
  const store = new SqliteUsageStore(path);
  return {
    store,
    reopen: async () => {
      await store.close();
      return openAt(path);
    },
  };
};

usageStoreContract('sqlite', async () => openAt(join(folder, `usage-${files++}.db`)));
