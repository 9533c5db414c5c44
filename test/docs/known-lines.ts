import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, settingsOf } from '@app/platform';
import { readStandaloneSettings } from '@app/standalone/standalone-settings.js';
import { ROOT } from '@test/support/project/code-blocks.js';

const SCRIPTS = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }).scripts;
const NPM_LINE = /^(?<variables>(?:[A-Z_]+=\S+ )*)npm (?:run )?(?<script>[a-z:]+)$/;
/** No test starts containers; test/arch/compose.spec.ts reads the file that these lines speak of. */
const DOCKER_LINE = /^docker compose (?:up|run|down)\b/;
const GIVEN_KEY = "export BACKEND_KEY='<the key that npm start printed>'";

const variablesIn = (variables: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    variables
      .trim()
      .split(' ')
      .filter(Boolean)
      .map((pair) => pair.split('=', 2)),
  );

const VARIABLES: ReadonlySet<string> = new Set(settingsOf(readStandaloneSettings).map(({ name }) => name));

/**
 * Lines that stand for what the test itself has done: the server that runs, the key it printed. True when the line is one of them;
 * throws when it names a script or variable that there is not, or a value that would be refused.
 */
export const isKnownLine = (line: string): boolean => {
  if (line === GIVEN_KEY || line.trim() === '' || DOCKER_LINE.test(line)) return true;
  const npm = NPM_LINE.exec(line)?.groups;
  if (npm === undefined) return false;
  const { variables = '', script = '' } = npm;
  if (SCRIPTS[script] === undefined) throw new Error(`package.json has no script "${script}": ${line}`);
  const settings = variablesIn(variables);
  const unknown = Object.keys(settings).filter((name) => !VARIABLES.has(name));
  if (unknown.length > 0) throw new Error(`The server reads no ${unknown.join(', ')}: ${line}`);
  readSettings(readStandaloneSettings, settings);
  return true;
};
