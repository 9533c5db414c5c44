import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '@app/gateway/reference/openapi/document.js';
import { at, listAt, textAt } from '@test/support/clients/backend-api.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { postmanCollection } from './postman-collection.js';
import { FOLDERS } from './postman-run-sheet.js';
import { schemaProblems } from '@test/support/project/schema-check.js';

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'docs/postman-collection.json');

/** Set by `npm run postman`: the file is written first, and compared like always. */
const WRITE = process.env['WRITE_DOCS'] === '1';

const document = openApiDocument({ version: '', serverUrl: '/' });
const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
const expected = `${JSON.stringify(postmanCollection(document), null, 2)}\n`;

describe('docs/postman-collection.json', () => {
  it('says what the OpenAPI document says (npm run postman)', () => {
    if (WRITE) writeFileSync(FILE, expected);
    expect(readFileSync(FILE, 'utf8') === expected, 'docs/postman-collection.json differs from the code. Run: npm run postman').toBe(true);
  });
});

/** What newman's JSON reporter tells of a run. */
const runOn = async ({ origin, backendKey }: StandaloneServer, folder: string): Promise<unknown> => {
  const report = join(folder, 'report.json');
  const newman = join(ROOT, 'node_modules/newman/bin/newman.js');
  const values = { baseUrl: origin, backendKey };
  const args = [
    'run',
    FILE,
    '--reporters',
    'json',
    '--reporter-json-export',
    report,
    ...Object.entries(values).flatMap(([name, value]) => ['--env-var', `${name}=${value}`]),
  ];
  const child = spawn(process.execPath, [newman, ...args], { stdio: 'ignore' });
  await once(child, 'close');
  return JSON.parse(readFileSync(report, 'utf8')) as unknown;
};

const failureOf = (failure: unknown): string => `${String(at(failure, 'source', 'name'))}: ${String(at(failure, 'error', 'message'))}`;
const bodyOf = (execution: unknown): string => Buffer.from(listAt(execution, 'response', 'stream', 'data') as number[]).toString();

/** Where an answer is not as the document says: a status that it does not name, a body that its schema does not take or does not describe. */
const undocumented = (execution: unknown): readonly string[] => {
  const [id, status] = [textAt(execution, 'item', 'name'), String(at(execution, 'response', 'code'))];
  const operation = operations.find(({ operationId }) => operationId === id);
  const schema = operation?.responses[status]?.content?.['application/json']?.schema;
  const problems = schema === undefined ? ['no JSON is documented'] : schemaProblems(schema, JSON.parse(bodyOf(execution)), document.components.schemas, true);
  return problems.map((problem) => `${id} ${status}: ${problem}`);
};
const answerOf = (execution: unknown): string => {
  const text = bodyOf(execution);
  return `${String(at(execution, 'item', 'name'))} ${String(at(execution, 'response', 'code'))} ${text.slice(0, 200)}`;
};

describe.skipIf(WRITE)('the Postman collection', () => {
  let server: StandaloneServer;
  const folder = mkdtempSync(join(tmpdir(), 'keyfence-postman-'));
  beforeAll(async () => {
    server = await StandaloneServer.started();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server?.remove();
  });

  it('runs from top to bottom against a new server, and again, and every answer is as the OpenAPI document says', async () => {
    for (const round of [1, 2]) {
      const report = await runOn(server, folder);
      const wrong = listAt(report, 'run', 'failures').map(failureOf);
      const answers = listAt(report, 'run', 'executions')
        .filter((execution) => wrong.some((line) => line.startsWith(`${String(at(execution, 'item', 'name'))}:`)))
        .map(answerOf);
      expect([round, wrong, answers]).toEqual([round, [], []]);
      expect(listAt(report, 'run', 'executions').flatMap(undocumented)).toEqual([]);
      expect(listAt(report, 'run', 'executions').length).toBe(FOLDERS.flatMap(({ steps }) => steps).length);
    }
  });
});
