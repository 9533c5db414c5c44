import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectFolder } from '@tools/stack/src/project-folder.js';

type BundleApps = typeof import('../../scripts/bundle-apps.mjs');
type SourceEdits = typeof import('../../scripts/source-edits.mjs');

const COUNT = '  count(holder: UsageHolder, key: CountedKey, nowMs: number): void {\n';
const EDITS = [{ file: 'libs/platform/src/usage-counter.ts', find: COUNT, replace: `${COUNT}    return;\n` }];

// The scripts of the build stay where they are: they find the project from their own place.
const script = async <Module>(name: string): Promise<Module> => await import(pathToFileURL(join(projectFolder(), 'scripts', name)).href) as Module;

/** The standalone server, built like the shipped one but with a counter of usage that does nothing. Nothing is counted, so nothing is flushed. */
export const buildWithoutUsage = async (): Promise<{ readonly entry: string; stop(): Promise<void> }> => {
  const { bundleApps } = await script<BundleApps>('bundle-apps.mjs');
  const { sourceEdits } = await script<SourceEdits>('source-edits.mjs');
  // Below node_modules, so that native packages are found from there.
  const cache = join(projectFolder(), 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, 'keyfence-without-usage-'));
  await bundleApps({ outDir, apps: ['standalone'], plugins: [sourceEdits(EDITS)] });
  return { entry: join(outDir, 'standalone/main.js'), stop: async () => rmSync(outDir, { recursive: true, force: true }) };
};
