// `npm run postman`: writes docs/postman-collection.json from the OpenAPI document. Its test compares it with the document, and runs it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, requireNode, root } from './prepare.mjs';

requireNode();
await ensureInstalled('all');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/docs/postman.process.spec.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, WRITE_DOCS: '1' },
});
process.exit(status ?? 1);
