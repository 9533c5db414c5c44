// Apps built as the product is, from sources that a plugin changes on their way, into a folder that takes the place of `dist`.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleApps } from './bundle-apps.mjs';

/** Below node_modules, so that the bundles find their native packages. */
const CACHE = join(import.meta.dirname, '../node_modules/.cache');

/**
 * Resolves with the folder; `remove` deletes it. A build that fails leaves no folder behind.
 *
 * @param {{ name: string, plugin: import('rolldown').Plugin, apps: readonly string[], check?: () => void }} options `check` runs after the build
 *   and throws if the build is not what was asked for
 */
export const buildTemporarily = async ({ name, plugin, apps, check = () => undefined }) => {
  mkdirSync(CACHE, { recursive: true });
  const distDir = mkdtempSync(join(CACHE, `keyfence-${name}-`));
  const remove = () => rmSync(distDir, { recursive: true, force: true });
  try {
    await bundleApps({ outDir: distDir, apps, plugins: [plugin] });
    check();
  } catch (error) {
    remove();
    throw error;
  }
  return { distDir, remove };
};
