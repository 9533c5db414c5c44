// The services with one mistake put into a copy of their sources, built as the product is. Returns the folder that takes the place of `dist`.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTANTS } from '../fence/mutants.mjs';

const root = join(import.meta.dirname, '../..');
const SERVICES = ['keys', 'directory', 'validation', 'gateway'];
const slugOf = (name) => name.toLowerCase().replaceAll(/[^a-z]+/g, '-');

/** `timer-flag` finds "timer flag instead of clock". */
export const mutantCalled = (name) => {
  const found = MUTANTS.filter((one) => `${slugOf(one.name)}-`.startsWith(`${slugOf(name)}-`));
  if (found.length !== 1) throw new Error(`"${name}" names ${found.length} mutants, of: ${MUTANTS.map((one) => slugOf(one.name)).join(', ')}`);
  return found[0];
};

const spoil = (folder, { file, find, replace }) => {
  const path = join(folder, file);
  const pieces = readFileSync(path, 'utf8').split(find);
  if (pieces.length !== 2) throw new Error(`A mutant cannot be applied: its text is ${pieces.length - 1} times in ${file}, not once.`);
  writeFileSync(path, pieces.join(replace));
};

const build = (folder, app) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build', app], { cwd: folder, stdio: ['ignore', 2, 2] });
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`Building ${app} with the mistake failed.`))));
  });

/** `mutant` null: the sources as they are. `remove` deletes all of it. */
export const buildSpoiled = async (mutant) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyfence-spoiled-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const one of ['apps', 'libs', 'nest-cli.json', 'tsconfig.json', 'package.json']) cpSync(join(root, one), join(folder, one), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const edit of mutant?.edits ?? []) spoil(folder, edit);
    for (const app of mutant === null ? [...SERVICES, 'cli'] : SERVICES) await build(folder, app);
    return { distDir: join(folder, 'dist'), remove };
  } catch (error) {
    remove();
    throw error;
  }
};
