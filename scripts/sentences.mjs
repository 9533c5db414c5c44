// The sentences of the product that differ between two commits, old beside new: `npm run sentences -- <commit> [<commit>]`, the second by default HEAD.
// Sentences are strings of apps/, libs/ and tools/ outside tests, as scripts/prose.mjs finds them.
import { spawnSync } from 'node:child_process';
import { proseOf } from './prose.mjs';

const git = (...words) => {
  const { status, stdout, stderr } = spawnSync('git', words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`git ${words[0]}: ${stderr.trim()}`);
  return stdout;
};

const isProduct = (path) => /^(?:apps|libs|tools)\//.test(path) && path.endsWith('.ts') && !/\.spec\.ts$|\/testing\//.test(path);

/** Pairs of paths that differ: before and after, the same unless the file moved; null where it was not. */
const changedFiles = (before, after) =>
  git('-c', 'core.quotePath=false', 'diff', '--name-status', '-M50%', before, after)
    .split('\n')
    .map((line) => line.split('\t'))
    .flatMap(([status = '', path = '', moved = path]) => {
      if (!isProduct(moved)) return [];
      return [{ from: status === 'A' ? null : path, to: status === 'D' ? null : moved }];
    });

const sentencesOf = (commit, path) =>
  path === null
    ? []
    : proseOf(path, git('show', `${commit}:${path}`))
        .filter(({ kind, text }) => kind === 'string' && /[A-Za-z]{2,} [a-z…]/.test(text))
        .map(({ text }) => text.replace(/\s+/g, ' ').trim());

/** Of two lists those that only one of them has. */
const differences = (old, fresh) => {
  const left = [...fresh];
  const gone = old.filter((text) => {
    const place = left.indexOf(text);
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  });
  return { gone, added: left };
};

const wordsOf = (text) => new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? []);
const likeness = (one, other) => {
  const words = wordsOf(one);
  const others = wordsOf(other);
  const both = [...words].filter((word) => others.has(word)).length;
  return both / Math.max(1, words.size, others.size);
};

/** Each sentence that is gone beside the most similar one that is new. */
const paired = ({ gone, added }) => {
  const left = [...added];
  const pairs = gone.map((old) => {
    const best = left.map((fresh, place) => ({ place, like: likeness(old, fresh) })).toSorted((one, other) => other.like - one.like)[0];
    return best === undefined || best.like < 0.15 ? { old, fresh: null } : { old, fresh: left.splice(best.place, 1)[0] };
  });
  return [...pairs, ...left.map((fresh) => ({ old: null, fresh }))];
};

const cell = (text) => (text === null ? '–' : text.replaceAll('|', '\\|'));

const [before, after = 'HEAD'] = process.argv.slice(2);
if (before === undefined) {
  console.error('Usage: npm run sentences -- <commit before> [<commit after>]');
  process.exit(2);
}
for (const { from, to } of changedFiles(before, after)) {
  const pairs = paired(differences(sentencesOf(before, from), sentencesOf(after, to)));
  if (pairs.length === 0) continue;
  console.log(`\n### ${to ?? from}\n\n| Before | After |\n| --- | --- |`);
  for (const { old, fresh } of pairs) console.log(`| ${cell(old)} | ${cell(fresh)} |`);
}
