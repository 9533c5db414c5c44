// Sources that tell when one of their functions is entered: `npm run trace` builds the product from them.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync, Visitor } from 'rolldown/utils';

const root = join(import.meta.dirname, '..');
const MARKED = /^(?:apps|libs)\/.*\.ts$/;

/** `?` where the name is computed or is a pattern. */
const nameOf = (node) => (node?.type === 'PrivateIdentifier' ? `#${node.name}` : (node?.name ?? node?.value ?? '?'));

/** Nodes that name what lies in them: where the name stands, and the function that has it. */
const NAMING = {
  FunctionDeclaration: (node) => [node.id, node],
  ClassDeclaration: ({ id }) => [id, null],
  MethodDefinition: ({ key, value }) => [key, value],
  PropertyDefinition: ({ key, value }) => [key, value],
  Property: ({ key, value }) => [key, value],
  VariableDeclarator: ({ id, init }) => [id, init],
};

/** Calls `atFunction` with each function that has a body, and with its name. Overloads and abstract methods have no body. */
const visitFunctions = (program, atFunction) => {
  const names = [];
  const named = new WeakSet();
  const enterNaming = (type) => (node) => {
    const [name, owner] = NAMING[type](node);
    names.push(nameOf(name));
    if (owner !== null) named.add(owner);
  };
  const enterFunction = (node) => {
    const name = names.join('.');
    if (node.body) atFunction(node, named.has(node) ? name : `${name} (callback)`.trimStart());
  };
  const visitor = { FunctionExpression: enterFunction, ArrowFunctionExpression: enterFunction };
  for (const type of Object.keys(NAMING)) {
    const enter = enterNaming(type);
    visitor[type] = type === 'FunctionDeclaration' ? (node) => (enter(node), enterFunction(node)) : enter;
    visitor[`${type}:exit`] = () => void names.pop();
  }
  new Visitor(visitor).visit(program);
};

/** At the same place, what was found first comes first. */
const insertAll = (text, insertions) => {
  let marked = '';
  let done = 0;
  for (const { at, added } of insertions.toSorted((one, other) => one.at - other.at)) {
    marked += text.slice(done, at) + added;
    done = at;
  }
  return marked + text.slice(done);
};

/**
 * Adds a call at the start of each function, arrow function, method, getter, setter and constructor:
 * `globalThis.__entered?.(file, function)`. Lines stay where they are, so that errors still point to the source.
 *
 * @param {string} file from the top of the repository
 * @param {string} text
 */
export const markEntries = (file, text) => {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const insertions = [];
  visitFunctions(program, ({ body }, name) => {
    const call = `globalThis.__entered?.(${JSON.stringify(file)}, ${JSON.stringify(name)})`;
    if (body.type === 'BlockStatement') insertions.push({ at: body.start + 1, added: `${call};` });
    else insertions.push({ at: body.start, added: `(${call}, ` }, { at: body.end, added: ')' });
  });
  return insertAll(text, insertions);
};

/**
 * Bundles the marked text of each source of apps and libs.
 *
 * @type {import('rolldown').Plugin}
 */
export const entryMarks = {
  name: 'entry-marks',
  load: (id) => {
    const file = relative(root, id);
    return MARKED.test(file) ? markEntries(file, readFileSync(id, 'utf8')) : null;
  },
};
