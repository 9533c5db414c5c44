// `npm run docs:generate`: writes the pages of docs/ that are made from code. Their test compares them with it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, requireNode, root } from './prepare.mjs';

requireNode();
await ensureInstalled('all');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/docs/generated-docs.spec.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, WRITE_DOCS: '1' },
});
process.exit(status ?? 1);
