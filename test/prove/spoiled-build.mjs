// The built services with one mistake put into a copy: the sources that it is about are spoiled and compiled again, all else is as it was built.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { MUTANTS } from '../fence/mutants.mjs';

const root = join(import.meta.dirname, '../..');
const slugOf = (name) => name.toLowerCase().replaceAll(/[^a-z]+/g, '-');

/** `timer-flag` finds "timer flag instead of clock". */
export const mutantCalled = (name) => {
  const found = MUTANTS.filter((one) => `${slugOf(one.name)}-`.startsWith(`${slugOf(name)}-`));
  if (found.length !== 1) throw new Error(`"${name}" names ${found.length} mutants, of: ${MUTANTS.map((one) => slugOf(one.name)).join(', ')}`);
  return found[0];
};

const spoil = (text, { file, find, replace }) => {
  const pieces = text.split(find);
  if (pieces.length !== 2) throw new Error(`A mutant cannot be applied: its text is ${pieces.length - 1} times in ${file}, not once.`);
  return pieces.join(replace);
};

/** As the builder does it: aliases become relative paths. */
const compiled = (file, text, { compilerOptions: { paths } }) => {
  const options = { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2023, experimentalDecorators: true, emitDecoratorMetadata: true, useDefineForClassFields: true };
  const { outputText } = ts.transpileModule(text, { compilerOptions: options, fileName: file });
  return outputText.replaceAll(/(from\s+)(['"])(@app\/[^'"]+)\2/g, (_, from, quote, alias) => {
    const [source] = paths[alias] ?? [];
    if (source === undefined) throw new Error(`${file} imports ${alias}, which tsconfig.json does not know.`);
    const path = relative(dirname(file), source.slice(2)).replace(/\.ts$/, '.js');
    return `${from}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
  });
};

/** `distDir`: what was built of the sources as they are. Returns the folder that takes its place. */
export const buildSpoiled = ({ name, edits }, distDir) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyfence-spoiled-'));
  const tsconfig = ts.parseConfigFileTextToJson('tsconfig.json', readFileSync(join(root, 'tsconfig.json'), 'utf8')).config;
  cpSync(distDir, join(folder, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const spoiled = edits.filter((edit) => edit.file === file).reduce(spoil, readFileSync(join(root, file), 'utf8'));
    const code = compiled(file, spoiled, tsconfig);
    const place = join(folder, 'dist', file.replace(/\.ts$/, '.js'));
    if (!existsSync(place)) throw new Error(`Nothing was built of ${file}: "${name}" would change nothing.`);
    writeFileSync(place, code);
  }
  return { distDir: join(folder, 'dist'), remove: () => rmSync(folder, { recursive: true, force: true }) };
};
