// A TypeScript program of ours as JavaScript that plain Node runs: Node 20 cannot run TypeScript.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { sourceEdits } from './source-edits.mjs';

const root = join(import.meta.dirname, '..');
/** Below node_modules, so that the packages that a bundle imports are found from there. */
const OUT = join(root, 'node_modules/.cache/keyfence-tools');
const OUR_ALIASES = ['@app/', '@bench/', '@test/', '@tools/'];

/** @type {Set<string>} One listener removes them all: a process that replays every mutant makes dozens. */
const made = new Set();
process.once('exit', () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

/** @param {string} id */
const isOurs = (id) => OUR_ALIASES.some((alias) => id.startsWith(alias)) || id.startsWith('@oxc-project/');

/** @param {string} id */
const isPackage = (id) => id.startsWith('node:') || (/^[a-z@]/.test(id) && !isOurs(id));

/**
 * Returns the path of the file to run. The folder of the bundle has the number of this process in its name, because two runs at the same
 * time would overwrite each other's files; it is removed when this process ends.
 *
 * @param {string} entry a path from the top of the repository
 * @param {{ name: string, parts?: Readonly<Record<string, string>>, edits?: import('./source-edits.mjs').SourceEdits }} options `parts`:
 *   programs that the entry starts as processes of their own; each becomes `<its name>.mjs` beside the entry
 */
export const bundleTool = async (entry, { name, parts = {}, edits = [] }) => {
  const dir = join(OUT, `${name}-${process.pid}`);
  made.add(dir);
  const input = Object.fromEntries(Object.entries({ ...parts, main: entry }).map(([part, file]) => [part, join(root, file)]));
  const { plugin, requireUse } = sourceEdits(edits);
  const bundle = await rolldown({ input, platform: 'node', tsconfig: join(root, 'tsconfig.json'), cwd: root, external: isPackage, plugins: [plugin] });
  try {
    await bundle.write({ dir, format: 'esm', sourcemap: true, entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[name]-[hash].mjs' });
  } finally {
    await bundle.close();
  }
  requireUse();
  return join(dir, 'main.mjs');
};
