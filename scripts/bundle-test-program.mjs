// A program of the tests as one file that plain Node runs.
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { sourceEdits } from './source-edits.mjs';

const root = join(import.meta.dirname, '..');
/** Below node_modules, so that the packages it imports are found from there. */
const OUT = join(root, 'node_modules/.cache/keyfence-tests');

const isOurs = (id) => ['@app/', '@test/', '@tools/'].some((alias) => id.startsWith(alias));
const isPackage = (id) => id.startsWith('node:') || (/^[a-z@]/.test(id) && !isOurs(id) && !id.startsWith('@oxc-project/'));

/** Returns the path of the file, which its caller removes. `entry` is a path from the top of the repository. */
export const bundleTestProgram = async ({ entry, name, edits = [] }) => {
  const file = join(OUT, `${name}-${process.pid}.mjs`);
  const { plugin, requireUse } = sourceEdits(edits);
  const bundle = await rolldown({ input: join(root, entry), platform: 'node', tsconfig: join(root, 'tsconfig.json'), cwd: root, external: isPackage, plugins: [plugin] });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  requireUse();
  return file;
};
