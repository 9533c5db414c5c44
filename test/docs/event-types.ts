import { join } from 'node:path';
import ts from 'typescript';

const EVENTS_FILE = join(import.meta.dirname, '../../libs/domain/src/log-events.ts');

export interface EventField {
  readonly name: string;
  readonly type: string;
}

/** `Partial<UserProfile>` stays a name; a short shape is written out. */
const typeText = (checker: ts.TypeChecker, type: ts.Type): string =>
  checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType).replaceAll('readonly ', '');

const fieldsOf = (checker: ts.TypeChecker, type: ts.Type, at: ts.Node): readonly EventField[] =>
  checker.getPropertiesOfType(type).map((property) => ({ name: property.name, type: typeText(checker, checker.getTypeOfSymbolAtLocation(property, at)) }));

const partOf = (checker: ts.TypeChecker, event: ts.Type, name: string, at: ts.Node): ts.Type => {
  const property = event.getProperty(name);
  if (property === undefined) throw new Error(`An event without ${name}.`);
  return checker.getTypeOfSymbolAtLocation(property, at);
};

const aliasOf = (source: ts.SourceFile, name: string): ts.TypeAliasDeclaration => {
  const found = source.statements.find(
    (statement): statement is ts.TypeAliasDeclaration => ts.isTypeAliasDeclaration(statement) && statement.name.text === name,
  );
  if (found === undefined) throw new Error(`There is no type ${name} in ${EVENTS_FILE}.`);
  return found;
};

/** The data fields of every event type, read from the types themselves: nothing at run time knows them. */
export const eventFields = (): ReadonlyMap<string, readonly EventField[]> => {
  const program = ts.createProgram([EVENTS_FILE], {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: [],
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(EVENTS_FILE);
  if (source === undefined) throw new Error(`${EVENTS_FILE} is missing.`);
  const alias = aliasOf(source, 'DomainEvent');
  const union = checker.getTypeAtLocation(alias);
  const events = union.isUnion() ? union.types : [union];
  return new Map(
    events.map((event) => {
      const type = partOf(checker, event, 'type', alias);
      if (!type.isStringLiteral()) throw new Error('An event type that is not a literal.');
      return [type.value, fieldsOf(checker, partOf(checker, event, 'data', alias), alias)];
    }),
  );
};
