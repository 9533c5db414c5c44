import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDirectorySettings, readGatewaySettings, readKeysSettings, readValidationSettings } from '@app/distributed';
import { settingsOf } from '@app/platform';
import { readStandaloneSettings } from '@app/standalone/standalone-settings.js';
import { ROOT } from '@test/support/project/source-files.js';
import { runBuilt } from '@test/support/servers/built-process.js';
import { temporaryFolder } from '@test/support/servers/standalone-process.js';

const SERVERS = [
  ['standalone', 'npm start', readStandaloneSettings],
  ['gateway', 'npm run start:gateway', readGatewaySettings],
  ['directory', 'npm run start:directory', readDirectorySettings],
  ['keys', 'npm run start:keys', readKeysSettings],
  ['validation', 'npm run start:validation', readValidationSettings],
] as const;
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };

describe.each(SERVERS)('the arguments of %s', (app, command, read) => {
  // A start would refuse the port, and would make the folder.
  const dataDir = join(temporaryFolder(), 'data');
  const run = (...args: readonly string[]) => runBuilt(app, args, { DATA_DIR: dataDir, PORT: 'none', ADMIN_PORT: 'none' });

  it('--help prints the usage and every variable, whatever is set, and makes nothing', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect([code, stderr, stdout.split('\n')[0]]).toEqual([0, '', `Usage: ${command} [-- --help | --version]`]);
    expect([...stdout.matchAll(/^ {2}([A-Z_]+) /gm)].map(([, name]) => name)).toEqual(settingsOf(read).map(({ name }) => name));
    expect(existsSync(dataDir)).toBe(false);
  });

  it('--version prints the version', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('another argument is one sentence and exit code 2', async () => {
    expect(await run('--port')).toEqual({ code: 2, stdout: '', stderr: `${command} takes --help and --version only, not "--port".\n` });
    expect(existsSync(dataDir)).toBe(false);
  });
});
