import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../project-folder.js';
import { findMongo, onPath } from './find-server.js';
import { askedMongo, MONGO_CHOICES, MONGO_KINDS, type MongoChoice } from './mongo-choice.js';
import { FERRETDB_SOURCES, MONGOD_VERSION, pinnedKey, SECANTUSDB_REQUIREMENTS } from './pinned-servers.js';
import { runCommand, type Say } from './run-command.js';
import { forgetRefusal, installEntry, refusedOn, rememberRefusal } from './server-cache.js';

interface Installer {
  /** What this machine lacks for it, in a sentence; '' when it can be tried. */
  readonly lacks: () => string;
  /** Says '' or why it failed. */
  readonly fill: (folder: string, say: Say) => Promise<string>;
}

export const BUILD_MS = 900_000;
const DOWNLOAD_MS = 600_000;
// A network that lets nothing through says so late, or never.
const SILENT_DOWNLOAD_MS = 8_000;

// Arguments, never text put into the script: a folder's name may hold anything.
const DOWNLOAD = `
const { MongoBinary } = await import('mongodb-memory-server-core');
const [downloadDir, version] = process.argv.slice(1);
process.stdout.write('\\n' + await MongoBinary.getPath({ downloadDir, version }));
`;

const mongod: Installer = {
  lacks: () => '',
  // In a process of its own: a download cannot be given up from inside.
  fill: async (folder, say) => {
    const { isDone, stdout, lastWords } = await runCommand(
      {
        what: `Downloading mongod ${MONGOD_VERSION}`,
        command: process.execPath,
        args: ['--input-type=module', '--eval', DOWNLOAD, folder, MONGOD_VERSION],
        cwd: projectFolder(),
        env: { MONGOMS_MAX_RETRIES: '1' },
        limitMs: DOWNLOAD_MS,
        stall: { folder, limitMs: SILENT_DOWNLOAD_MS },
      },
      say,
    );
    const path = stdout.split('\n').at(-1) ?? '';
    if (!isDone || path === '') return `mongod ${MONGOD_VERSION} cannot be downloaded from here: ${/Details:\s*(.+)/.exec(lastWords)?.[1] ?? 'no answer'}.`;
    renameSync(path, join(folder, 'mongod'));
    return '';
  },
};

const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const IS_NEW_ENOUGH = 'import sys; sys.exit(sys.version_info < (3, 10))';
const findPython = (): string | undefined => PYTHONS.find((python) => spawnSync(python, ['-c', IS_NEW_ENOUGH], { stdio: 'ignore' }).status === 0);

const secantusdb: Installer = {
  lacks: () => (findPython() === undefined ? 'SecantusDB needs Python 3.10 or newer.' : ''),
  fill: async (folder, say) => {
    const environment = await runCommand(
      {
        what: 'Making a virtual environment for SecantusDB',
        command: findPython() ?? '',
        args: ['-m', 'venv', folder],
        cwd: folder,
        limitMs: BUILD_MS,
      },
      say,
    );
    if (!environment.isDone)
      return 'This Python cannot make virtual environments (on Debian and Ubuntu: apt-get install python3-venv), which SecantusDB needs.';
    const packages = await runCommand(
      {
        what: 'Installing SecantusDB with pip',
        command: join(folder, 'bin/python'),
        cwd: folder,
        limitMs: BUILD_MS,
        // Wheels only: a source package would be built by a compiler, with nothing pinned.
        args: [
          '-m',
          'pip',
          'install',
          '--quiet',
          '--disable-pip-version-check',
          '--retries',
          '1',
          '--require-hashes',
          '--only-binary',
          ':all:',
          '-r',
          SECANTUSDB_REQUIREMENTS,
        ],
      },
      say,
    );
    return packages.isDone ? '' : `pip could not install SecantusDB:\n${packages.lastWords}`;
  },
};

const ferretdb: Installer = {
  lacks: () => (onPath('go') === null ? 'FerretDB needs Go.' : ''),
  fill: async (folder, say) => {
    const { isDone, lastWords } = await runCommand(
      {
        what: 'Building FerretDB',
        command: 'go',
        args: ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(folder, 'ferretdb'), '.'],
        cwd: FERRETDB_SOURCES,
        env: { CGO_ENABLED: '0' },
        limitMs: BUILD_MS,
      },
      say,
    );
    return isDone ? '' : `go build failed for FerretDB:\n${lastWords}`;
  },
};

const INSTALLERS: Readonly<Record<MongoChoice, Installer>> = { mongod, secantusdb, ferretdb };

/** Says '' when it is there now, or why not. A failure is remembered until this one is asked for by name. */
const install = async (choice: MongoChoice, say: Say): Promise<string> => {
  const { lacks, fill } = INSTALLERS[choice];
  const lacking = lacks();
  if (lacking !== '') return lacking;
  const key = pinnedKey[choice]();
  const isSound = (): boolean => findMongo[choice]() !== null;
  const failure =
    (await installEntry(key, (folder) => fill(folder, say), isSound)) || (isSound() ? '' : `${MONGO_KINDS[choice].name} was installed and does not run here.`);
  if (failure === '') forgetRefusal(key);
  else rememberRefusal(key);
  return failure;
};

/** Puts the best that can be had into the cache, or the one that `STACK_MONGO` asks for. Says '' or what is missing. */
export const installMongo = async (say: Say): Promise<string> => {
  const asked = askedMongo();
  const choices = asked === null ? MONGO_CHOICES : [asked];
  const failures: string[] = [];
  for (const [index, choice] of choices.entries()) {
    if (findMongo[choice]() !== null) return '';
    const refused = refusedOn(pinnedKey[choice]());
    // Only while something else serves: without that, each try is worth its wait.
    if (refused !== null && choices.slice(index + 1).some((worse) => findMongo[worse]() !== null)) {
      say(`${MONGO_KINDS[choice].name} could not be installed on ${refused}; "STACK_MONGO=${choice} npm run stack:install" tries again.`);
      continue;
    }
    const failure = await install(choice, say);
    if (failure === '') return '';
    say(failure);
    failures.push(failure);
  }
  return asked === null ? 'Install MongoDB 8 (mongod on PATH), Python 3.10 or newer, or Go, and run this again.' : failures.join(' ');
};
