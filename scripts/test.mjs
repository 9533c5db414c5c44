// `npm test`: installs and builds what is missing, the servers that suites need included, then runs every suite. Arguments go to vitest.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ensureServers, requireNode, root } from './prepare.mjs';
import { suitesFolder } from './suites-folder.mjs';

requireNode();
await ensureInstalled('all');
// The end-to-end suites start the built apps, as an operator would.
await ensureBuilt();
await ensureServers();
const folder = suitesFolder();
// The crash suites need the disk: where a commit takes no time, no kill hits it.
const env = folder === null ? process.env : { ...process.env, TMPDIR: folder, SUITES_DISK: tmpdir() };
const suites = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit', env });
// A terminal's Ctrl+C reaches the suites too, and a second one would keep them from cleaning up.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => suites.kill('SIGTERM'));
suites.once('exit', (code) => {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
