// `npm test`: installs and builds what is missing, the servers that suites need included, then runs every suite. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ensureServers, requireNode, root } from './prepare.mjs';

requireNode();
ensureInstalled();
// The end-to-end suites start the built apps, as an operator would.
ensureBuilt();
ensureServers();
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
