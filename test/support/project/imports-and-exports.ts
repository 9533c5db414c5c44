import { type ParseResult, parseSync, Visitor } from 'rolldown/utils';
import { textOf } from './source-files.js';

export interface ExportedName {
  readonly name: string;
  /** The name belongs to another file, which this one passes on. */
  readonly isReExport: boolean;
}

interface ModuleSyntax {
  readonly imports: readonly string[];
  readonly exports: readonly ExportedName[];
}

/** What is computed names no module that a test could judge. */
const literalsOf = (source: string): readonly string[] => {
  const literal = /^(?<quote>['"])(?<module>.*)\k<quote>$/.exec(source)?.groups?.['module'];
  return literal === undefined ? [] : [literal];
};

/** Of types in the form `import('…').Name`, which no list of the parser has. */
const typeImportsOf = (text: string, parsed: ParseResult): readonly string[] => {
  const modules: string[] = [];
  // The tree of a file costs more than all else here, and few files need it.
  if (text.includes('import(')) new Visitor({ TSImportType: ({ source }) => void modules.push(source.value) }).visit(parsed.program);
  return modules;
};

const parse = (path: string): ModuleSyntax => {
  const text = textOf(path);
  const parsed = parseSync(path, text);
  const { module, errors } = parsed;
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message ?? ''}`);
  const exported = module.staticExports.flatMap(({ entries }) => entries);
  return {
    imports: [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...exported.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
      ...module.dynamicImports.flatMap(({ moduleRequest }) => literalsOf(text.slice(moduleRequest.start, moduleRequest.end))),
      ...typeImportsOf(text, parsed),
    ],
    exports: exported.flatMap(({ exportName: { name }, moduleRequest }) => (name === null ? [] : { name, isReExport: moduleRequest !== null })),
  };
};

const known = new Map<string, ModuleSyntax>();
const syntaxOf = (path: string): ModuleSyntax => {
  const syntax = known.get(path) ?? parse(path);
  known.set(path, syntax);
  return syntax;
};

/** The modules that a file imports, types included: what it names is what it depends on. Each once. */
export const importsOf = (path: string): readonly string[] => [...new Set(syntaxOf(path).imports)];

/** The names that a file exports, types included, but for those of an `export *`. */
export const exportsOf = (path: string): readonly ExportedName[] => syntaxOf(path).exports;
