import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectFolder } from '@tools/stack/src/project-folder.js';

type EditedBuild = typeof import('../../scripts/edited-build.mjs');

const COUNT = '  count(holder: UsageHolder, key: CountedKey, nowMs: number): void {\n';
const EDITS = [{ file: 'libs/platform/src/usage-counter.ts', find: COUNT, replace: `${COUNT}    return;\n` }];

/** The standalone server, built like the shipped one but with a counter of usage that does nothing. Nothing is counted, so nothing is flushed. */
export const buildWithoutUsage = async (): Promise<{ readonly entry: string; stop(): Promise<void> }> => {
  // The scripts of the build stay where they are: they find the project from their own place.
  const { buildEdited } = (await import(pathToFileURL(join(projectFolder(), 'scripts/edited-build.mjs')).href)) as EditedBuild;
  const { distDir, remove } = await buildEdited(EDITS, ['standalone']);
  return { entry: join(distDir, 'standalone/main.js'), stop: async () => remove() };
};
