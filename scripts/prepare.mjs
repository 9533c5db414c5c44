// Installs and builds what is missing or stale. Uses nothing but Node until the packages are there, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS } from './apps.mjs';

export const root = join(import.meta.dirname, '..');

/** How often a long step prints that it is still running. */
const SIGN_OF_LIFE_MS = 2_000;

export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Keyfence needs Node 20.19 or newer; this is ${process.version}.`);
}

const stampOf = (/** @type {'product' | 'all'} */ part) => join(root, 'node_modules', `.installed-${part}`);
const textOf = (/** @type {string} */ file) => (existsSync(file) ? readFileSync(file, 'utf8') : null);

/**
 * Which part to install now, or null when what is needed is there. `product` is what builds and runs the server; `all` is that and what tests it.
 * Once `all` was installed it is kept up to date as a whole: a start never removes what the tests need.
 *
 * @param {{ needed: 'product' | 'all', lockHash: string, productStamp: string | null, allStamp: string | null, hasTestPackages: boolean }} state
 *   `hasTestPackages`: a plain `npm ci` leaves no stamp, and its packages count too
 * @returns {'product' | 'all' | null}
 */
export const partToInstall = ({ needed, lockHash, productStamp, allStamp, hasTestPackages }) => {
  if (allStamp === lockHash || (needed === 'product' && productStamp === lockHash)) return null;
  return needed === 'all' || allStamp !== null || hasTestPackages ? 'all' : 'product';
};

/** @param {'product' | 'all'} needed */
export async function ensureInstalled(needed) {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const hasTestPackages = existsSync(join(root, 'node_modules', 'vitest'));
  const part = partToInstall({ needed, lockHash, productStamp: textOf(stampOf('product')), allStamp: textOf(stampOf('all')), hasTestPackages });
  if (part === null) return;
  const args = ['ci', part === 'all' ? '--include=dev' : '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const what = part === 'all' ? 'Installing packages, those of the tests included' : 'Installing packages';
  await run(what, process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
  writeFileSync(stampOf(part), lockHash);
}

/**
 * Builds the named apps, all by default. They go by the sources' names, sizes and times, so that a removed file counts as a change too.
 *
 * @param {readonly string[]} [names]
 */
export async function ensureBuilt(names) {
  const wanted = sourcesFingerprint();
  const outDir = join(root, 'dist');
  const stale = (names ?? Object.keys(APPS)).filter((name) => textOf(join(outDir, name, '.built')) !== wanted);
  if (stale.length === 0) return;
  say(`Building ${stale.join(', ')} …`);
  const { bundleApps } = await import('./bundle-apps.mjs');
  try {
    await bundleApps({ outDir, apps: stale });
  } catch (error) {
    fail(`The build failed. ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const name of stale) writeFileSync(join(outDir, name, '.built'), wanted);
}

/** Ends with what to do where a server is missing and cannot be had. At once when all are there. */
export async function ensureServers() {
  await run(null, process.execPath, ['--enable-source-maps', entryOf('stack-install')]);
}

/** The entry file of an app. */
export const entryOf = (app) => join(root, 'dist', app, 'main.js');

/** Runs a built app in this process, so that signals and the exit code are its own. */
export async function runBuilt(app) {
  process.setSourceMapsEnabled(true);
  await import(entryOf(app));
}

function sourcesFingerprint() {
  const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'docs/postman-collection.json'];
  const files = [...['apps', 'libs', 'tools', 'scripts'].flatMap((folder) => filesBelow(folder)), ...settings].toSorted();
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of files) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\n${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** With `what`, says so at once and then every two seconds until the command has ended. */
async function run(what, command, args) {
  const startedAtMs = performance.now();
  const seconds = () => ((performance.now() - startedAtMs) / 1_000).toFixed(0);
  if (what !== null) say(`${what} …`);
  const signs = what === null ? undefined : setInterval(() => say(`${what} … ${seconds()} s`), SIGN_OF_LIFE_MS);
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  const code = await new Promise((resolve) => {
    child.once('error', (error) => fail(`Could not run ${command}: ${error.message}`));
    child.once('close', resolve);
  });
  clearInterval(signs);
  if (code !== 0) fail(`${command} ${args[0]} failed.`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
