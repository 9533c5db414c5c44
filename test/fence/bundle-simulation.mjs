// The simulation as one file that plain Node runs: with the product's own sources, or with a mistake put into a copy of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { MUTANTS } from './mutants.mjs';

const root = join(import.meta.dirname, '../..');
// Below node_modules, so that the packages it imports are found from there.
const OUT = join(root, 'node_modules/.cache/keyfence-simulation');

const isPackage = (id) => id.startsWith('node:') || (/^[a-z@]/.test(id) && !id.startsWith('@app/') && !id.startsWith('@oxc-project/'));

const editsOf = (name) => {
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`There is no mutant "${name}".`);
  return mutant.edits;
};

const apply = (text, { file, find, replace }) => {
  const pieces = text.split(find);
  if (pieces.length !== 2) throw new Error(`A mutant cannot be applied: its text is ${pieces.length - 1} times in ${file}, not once.`);
  return pieces.join(replace);
};

/** Reads each spoiled file and spoils it; a file that the bundle never asked for would mean a mutant without effect. */
const mutation = (edits) => {
  const missing = new Set(edits.map(({ file }) => file));
  return {
    name: 'mutation',
    load(id) {
      const file = edits.map((edit) => edit.file).find((one) => id === join(root, one));
      if (file === undefined) return null;
      missing.delete(file);
      return edits.filter((edit) => edit.file === file).reduce(apply, readFileSync(id, 'utf8'));
    },
    buildEnd() {
      if (missing.size > 0) throw new Error(`Not part of the simulation: ${[...missing].join(', ')}`);
    },
  };
};

/** Returns the path of the file to run. */
export const bundleSimulation = async (mutant) => {
  const file = join(OUT, `${(mutant ?? 'as-it-is').replaceAll(/[^A-Za-z]+/g, '-')}-${process.pid}.mjs`);
  const bundle = await rolldown({
    input: join(root, 'test/fence/simulation/main.ts'), platform: 'node', tsconfig: join(root, 'tsconfig.json'), cwd: root, external: isPackage,
    plugins: mutant === undefined ? [] : [mutation(editsOf(mutant))],
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return file;
};
