// What a container image holds: the bundles of the services, and of node_modules the native packages alone. `node scripts/build-image.mjs <folder>`.
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleApps, NATIVE_PACKAGES } from './bundle-apps.mjs';

const root = join(import.meta.dirname, '..');
const IMAGE_APPS = ['gateway', 'directory', 'keys', 'validation', 'cli', 'create-secrets'];

/** Where a package lies that another one names: in its own node_modules or in one above. Null for an optional one that was not installed. */
const folderOf = (name, from) => {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
  }
  return null;
};

const withDependencies = (name, from, found) => {
  const folder = folderOf(name, from);
  if (folder === null || found.has(folder)) return found;
  found.add(folder);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) withDependencies(next, folder, found);
  return found;
};

const [target] = process.argv.slice(2);
if (target === undefined) {
  process.stderr.write('Usage: node scripts/build-image.mjs <folder>\n');
  process.exit(2);
}
await bundleApps({ outDir: join(target, 'dist'), apps: IMAGE_APPS });
const packages = NATIVE_PACKAGES.reduce((found, name) => withDependencies(name, root, found), new Set());
for (const folder of packages) cpSync(folder, join(target, folder.slice(root.length + 1)), { recursive: true });
cpSync(join(root, 'package.json'), join(target, 'package.json'));
