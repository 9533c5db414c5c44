// Looks for the forms of word-forms.mjs in comments, sentences and documents. `node scripts/lint-words.mjs [path…]`, by default all tracked files.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasProse, proseOf } from './prose.mjs';
import { WORD_EXCEPTIONS } from './word-exceptions.mjs';
import { WORD_FORMS } from './word-forms.mjs';

const root = join(import.meta.dirname, '..');

const isException = (path, text) => WORD_EXCEPTIONS.some((exception) => exception.path.test(path) && exception.phrase.test(text));

/** @returns {readonly { readonly line: number, readonly phrase: string, readonly write: string }[]} */
export const foundIn = (path, text) =>
  proseOf(path, text).flatMap((prose) =>
    isException(path, prose.text)
      ? []
      : WORD_FORMS.flatMap(({ form, write }) => {
          const match = form.exec(prose.text);
          if (match === null) return [];
          const phrase = prose.text.slice(Math.max(0, match.index - 30), match.index + match[0].length + 30);
          return [{ line: prose.line, phrase: phrase.trim(), write }];
        }),
  );

const lint = (wanted) => {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--', ...wanted], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const paths = stdout.split('\0').filter((path) => path !== '' && hasProse(path) && existsSync(join(root, path)));
  let count = 0;
  for (const path of paths)
    for (const { line, phrase, write } of foundIn(path, readFileSync(join(root, path), 'utf8'))) {
      count += 1;
      console.error(`${path}:${line}: "${phrase}": write ${write}`);
    }
  if (count === 0) return;
  console.error(`\n${count} phrases to put into plain words. docs/style.md says how; scripts/word-exceptions.mjs names where a form is right.`);
  process.exit(1);
};

if (process.argv[1] === import.meta.filename) lint(process.argv.slice(2));
