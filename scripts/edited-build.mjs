// Apps with edits in copies of their sources, built as the product is.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleApps } from './bundle-apps.mjs';
import { sourceEdits } from './source-edits.mjs';

/** Below node_modules, so that the bundles find their native packages. */
const CACHE = join(import.meta.dirname, '../node_modules/.cache');

/** Resolves with a folder that takes the place of `dist` for these apps; `remove` deletes it. */
export const buildEdited = async (edits, apps) => {
  mkdirSync(CACHE, { recursive: true });
  const distDir = mkdtempSync(join(CACHE, 'keyfence-edited-'));
  const remove = () => rmSync(distDir, { recursive: true, force: true });
  const { plugin, requireUse } = sourceEdits(edits);
  try {
    await bundleApps({ outDir: distDir, apps, plugins: [plugin] });
    requireUse();
  } catch (error) {
    remove();
    throw error;
  }
  return { distDir, remove };
};
