import { describe, expect, it } from 'vitest';
import { sourceFiles, textOf } from '@test/support/project/source-files.js';

/** Where JSON is parsed that does not come with a request or a message, and from where it comes. What comes from outside is read by `readJson`. */
const OWN_JSON: Readonly<Record<string, string>> = {
  'libs/platform/src/read-json.ts': 'the one reader',
  'libs/adapters/in-process/src/in-process-transport.ts': 'what the same process wrote in the step before',
  'libs/fence/src/protocol/in-process-transport.ts': 'what the same process wrote in the step before',
  'libs/fence/src/node/sealed-records.ts': 'a record that a node sealed, opened with its tag',
  'libs/log/src/codec.ts': 'a commit of the log',
  'libs/adapters/sqlite/src/sqlite-event-log.ts': 'tags of a commit',
  'libs/adapters/sqlite/src/sqlite-view-store.ts': 'a row of a read model',
  'libs/adapters/sqlite/src/sqlite-key-views.ts': 'a row of a read model',
  'libs/adapters/sqlite/src/sqlite-directory-views.ts': 'a row of a read model',
  'libs/adapters/mongo/src/mongo-views.ts': 'a row of a read model',
  'libs/secrets/src/secret-files.ts': 'a file of secrets',
  'libs/secrets/src/secrets-file.ts': 'a file of secrets',
  'apps/cli/src/commands/environments.ts': 'an argument of the command line',
  'apps/gateway/src/reference/openapi/dto-schema.ts': 'examples of the reference',
  'apps/gateway/src/reference/openapi/answers.ts': 'examples of the reference',
};

/** Ways to turn bytes into JSON or text: each of them decides about byte order marks and invalid UTF-8 in its own way. */
const READERS = /\bJSON\.parse\(|new TextDecoder\(|\.json(?:<[^>]*>)?\(\)|\bStringDecoder\b/;

const isProduct = (path: string): boolean => /^(?:apps|libs)\//.test(path) && !/\.spec\.ts$|\/testing\//.test(path);
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');

/** Files that read JSON by themselves, among these texts by path. */
const readersAmong = (files: ReadonlyMap<string, string>): readonly string[] =>
  [...files].filter(([path, text]) => isProduct(path) && READERS.test(withoutComments(text))).map(([path]) => path);

describe('JSON of a request or a message', () => {
  const files = new Map(sourceFiles('.ts').map((path) => [path, textOf(path)]));

  it('is read by one function: no other file parses JSON that is not its own', () => {
    expect(files.size).toBeGreaterThan(900);
    expect(readersAmong(files).filter((path) => OWN_JSON[path] === undefined)).toEqual([]);
  });

  it('has no exception that is not needed any more', () => {
    expect(Object.keys(OWN_JSON).filter((path) => !readersAmong(files).includes(path))).toEqual([]);
  });

  it.each([
    ['JSON.parse of a body', 'export const read = (body: Buffer) => JSON.parse(body.toString());'],
    ['the decoder of a library', 'export const read = (message: Msg) => message.json<unknown>();'],
    ['a decoder of its own', "const decoder = new TextDecoder('utf-8');"],
  ])('%s in a new file is found', (_, text) => {
    expect(readersAmong(new Map([['apps/gateway/src/http/other-body.ts', text]]))).toEqual(['apps/gateway/src/http/other-body.ts']);
  });
});
