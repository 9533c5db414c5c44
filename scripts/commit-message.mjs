// The hook commit-msg: refuses a message that does not have the conventional form. CHANGELOG.md is written from these messages.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TYPES = ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'test'];
const LONGEST_HEADER = 120;
const HEADER = new RegExp(`^(?:${TYPES.join('|')})(?:\\([a-z0-9-]+\\))?!?: \\S`);
/** Git writes these itself: merges, reverts, and what a later rebase folds into another commit. */
const OF_GIT = /^(?:Merge |Revert "|(?:fixup|squash|amend)! )/;

/** A sentence that says what to change; null when the message is fine. */
const problemOf = (message) => {
  const [header = '', second = ''] = message.split('\n');
  if (header === '') return 'The message is empty.';
  if (OF_GIT.test(header)) return null;
  if (!HEADER.test(header))
    return `Begin with a type, then perhaps a scope, then what changed, such as "fix(gateway): a wrong path is 404". Types: ${TYPES.join(', ')}.`;
  if (header.length > LONGEST_HEADER) return `The first line has ${header.length} characters; the limit is ${LONGEST_HEADER}. Move the reason into the body.`;
  if (header.endsWith('.')) return 'The first line ends with a period; leave it out.';
  return second === '' ? null : 'Leave the second line empty; the body begins on the third.';
};

/** Without the comments that Git puts below the message; Git knows which character begins one. */
const withoutComments = (text) => {
  const { status, stdout } = spawnSync('git', ['stripspace', '--strip-comments'], { input: text, encoding: 'utf8' });
  return status === 0 ? stdout : text;
};

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Usage: node scripts/commit-message.mjs <file with the message>');
  process.exit(2);
}
const problem = problemOf(withoutComments(readFileSync(file, 'utf8')));
if (problem !== null) {
  console.error(`Commit refused. ${problem} CONTRIBUTING.md says more.`);
  process.exit(1);
}
