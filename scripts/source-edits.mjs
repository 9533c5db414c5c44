// A planted mistake goes through the build of the product: rolldown reads the edited text in place of the file's.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

const applyEdit = (text, { file, find, replace }) => {
  const pieces = text.split(find);
  if (pieces.length !== 2) throw new Error(`An edit does not apply: its text is ${pieces.length - 1} times in ${file}, not once.`);
  return pieces.join(replace);
};

/**
 * `find` must occur exactly once in `file`, and one of the bundles that have the plugin must load each file: otherwise an edit would
 * outlive the code that it is about, and a control that changes nothing would pass. Call `requireUse` when all bundles are made.
 */
export const sourceEdits = (edits) => {
  const unread = new Set(edits.map(({ file }) => file));
  const load = (id) => {
    const own = edits.filter(({ file }) => id === join(root, file));
    if (own.length === 0) return null;
    for (const { file } of own) unread.delete(file);
    return own.reduce(applyEdit, readFileSync(id, 'utf8'));
  };
  const requireUse = () => {
    if (unread.size > 0) throw new Error(`Edits without effect, because no bundle loads ${[...unread].join(', ')}.`);
  };
  return { plugin: { name: 'source-edits', load }, requireUse };
};
