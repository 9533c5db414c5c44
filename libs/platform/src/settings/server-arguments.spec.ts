import { describe, expect, it } from 'vitest';
import { productVersion } from '../version.js';
import { answerTo } from './server-arguments.js';
import type { SettingsReader } from './settings-reader.js';

const PROGRAM = {
  command: 'npm start',
  readSettings: (reader: SettingsReader) => [
    reader.integer({ name: 'PORT', default: 8_080, min: 0, max: 65_535, meaning: 'Port of the API.' }),
    reader.required({ name: 'SECRETS_DIR', what: 'the folder', accepted: 'a folder with `secrets`', meaning: 'Folder of secrets.', see: 'docs/services.md' }),
  ],
};

describe('the arguments of a server', () => {
  it('are absent where it is to start', () => expect([answerTo([], PROGRAM), answerTo(['--'], PROGRAM)]).toEqual([null, null]));

  it.each(['--help', '-h'])('%s prints the usage and a table of its variables', (argument) => {
    expect(answerTo([argument], PROGRAM)).toEqual({
      code: 0,
      stderr: '',
      stdout: `Usage: npm start [-- --help | --version]

Settings, read from the environment at the start:

  Variable     Default         Accepted
  PORT         8080            0 to 65535
      Port of the API.
  SECRETS_DIR  none; required  a folder with secrets
      Folder of secrets. See docs/services.md.
`,
    });
  });

  it('--version prints the version', () => {
    expect(answerTo(['--version'], PROGRAM)).toEqual({ code: 0, stdout: `${productVersion()}\n`, stderr: '' });
  });

  it.each([[['--port']], [['--port=80']], [['start']], [['-x']], [['--no-help']], [['--help=all']], [['--help', 'start']], [['--', 'start']]])(
    '%j is one sentence and exit code 2',
    (args) => {
      const wrong = args.findLast((arg) => !['--', '--help'].includes(arg)) ?? '';
      expect(answerTo(args, PROGRAM)).toEqual({ code: 2, stdout: '', stderr: `npm start takes --help and --version only, not "${wrong}".\n` });
    },
  );
});
