// Installs and builds what is missing or stale. Uses nothing but Node, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Keyfence needs Node 20.19 or newer; this is ${process.version}.`);
}

export function ensureInstalled() {
  const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  const stamp = join(root, 'node_modules', '.installed-lockfile');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Installing packages (first start only) …');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

/** All apps in one go: they share most of what is compiled. */
export function ensureBuilt() {
  const stamp = join(root, 'dist', '.built');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newestSource()) return;
  say('Building …');
  run(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build']);
  run(process.execPath, [join(root, 'scripts/copy-reference.mjs')]);
  writeFileSync(stamp, '');
}

/** Ends with what to do where a server is missing and cannot be had. At once when all are there. */
export function ensureServers() {
  run(process.execPath, [join(dirname(entryOf('stack')), 'install.js')]);
}

/** The entry file of an app. */
export const entryOf = (app) => join(root, 'dist', app === 'stack' ? 'tools' : 'apps', app, 'src/main.js');

function newestSource() {
  const sources = ['apps', 'libs', 'tools'].flatMap((folder) => filesBelow(join(root, folder)));
  const settings = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'scripts/copy-reference.mjs', 'docs/postman-collection.json'].map((file) => join(root, file));
  return Math.max(...[...sources, ...settings].map((file) => statSync(file).mtimeMs));
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) fail(`Could not run ${command}: ${error.message}`);
  if (status !== 0) fail(`${command} ${args[0]} failed.`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
