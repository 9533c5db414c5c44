// The hook pre-commit: lints the staged sources, and checks their format where the formatter is installed. Only quick checks run here:
// types and type-aware rules need the whole project, and `npm run typecheck` and `npm run lint` have them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const SOURCE = /\.(?:ts|mts|mjs|js)$/;

const fail = (text) => {
  console.error(text);
  process.exit(1);
};

/** Added, copied, modified and renamed; a deleted file has nothing to check. */
const stagedFiles = () => {
  const { status, stdout } = spawnSync('git', ['diff', '--cached', '--name-only', '-z', '--diff-filter=ACMR'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) fail('Git did not list the staged files.');
  return stdout.split('\0').filter((file) => SOURCE.test(file));
};

/** Files are read from the folder, not from the index, so a file that is staged in part is checked as a whole. */
const check = (tool, args, advice) => {
  const { status } = spawnSync(process.execPath, [tool, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`Commit refused. ${advice}`);
};

const linter = join(root, 'node_modules/oxlint/bin/oxlint');
const formatter = join(root, 'node_modules/oxfmt/bin/oxfmt');

const files = stagedFiles();
if (files.length > 0) {
  if (!existsSync(linter)) fail('Commit refused. The linter is not installed: run `npm ci`, then commit again.');
  check(linter, ['--deny-warnings', '--no-error-on-unmatched-pattern', ...files], 'Fix what the linter names, stage it and commit again.');
  if (existsSync(formatter)) check(formatter, ['--check', ...files], 'Run `npm run format`, stage the files and commit again.');
}
