// `npm run hooks`: turns on the hooks of .githooks in this clone. Off again: `git config --unset core.hooksPath`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
// Git resolves a relative path from the top of each worktree, so every worktree runs the hooks of its own commit.
const { status } = spawnSync('git', ['config', 'core.hooksPath', '.githooks'], { cwd: root, stdio: 'inherit' });
if (status !== 0) {
  console.error('Git did not take the setting: this folder is not a clone, or git is missing.');
  process.exit(1);
}
console.log('Commits in this clone are checked from now on: .githooks/commit-msg and .githooks/pre-commit.');
