// `npm test`, `npm run test:quick` and `npm run test:all`: installs and builds what the tier needs, then runs its suites. Arguments go to vitest.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ensureServers, requireNode, root } from './prepare.mjs';
import { suitesFolder } from './suites-folder.mjs';

/**
 * The suites of a tier: projects of vitest.config.ts, files where not all of those projects, and sizes. What the environment says already stays as it is.
 * Without `servers`, NATS, Redis and MongoDB are not even looked for; without `apps`, everything is built.
 */
const TIERS = {
  quick: {
    about: 'what needs no servers; the product in one process',
    projects: ['quick', 'process-quick'],
    servers: false,
    apps: ['standalone', 'cli'],
    env: { MODES: 'one', SIM_SCHEDULES: '200', SIM_FRESH: '100' },
  },
  default: {
    about: 'every guarantee once',
    command: 'npm test',
    projects: ['quick', 'servers', 'process-quick', 'process', 'long', 'proof'],
    servers: true,
    env: { SIM_SCHEDULES: '1500', SIM_FRESH: '500' },
  },
  all: {
    about: 'every part in its long form, and all that npm test runs',
    projects: ['quick', 'servers', 'process-quick', 'process', 'long', 'search', 'proof', 'spoiled'],
    servers: true,
    env: {},
  },
};

/** What `test:all` adds to `npm test`, each with what it takes to run it by itself. */
const PARTS = {
  modes: { about: 'all cases in one process and in four services', projects: ['process-quick', 'process'], servers: true, env: { MODES: 'all' } },
  schedules: {
    about: '10 000 fixed schedules of the simulation and 2 000 fresh ones',
    projects: ['process-quick'],
    files: ['test/fence/simulation'],
    servers: false,
    apps: [],
    env: { SIM_SCHEDULES: '10000', SIM_FRESH: '2000' },
  },
  mutants: { about: 'every mutant searched for, without its stored schedule', projects: ['search'], servers: false, apps: [], env: {} },
  proof: { about: 'random combinations of faults, and all spoiled builds', projects: ['proof', 'spoiled'], servers: true, env: { PROVE_MINUTES: '4' } },
  crash: {
    about: '2 000 kills of the server, 60 of its first starts, torn logs',
    projects: ['long'],
    files: ['test/fault/crash'],
    servers: false,
    apps: ['standalone', 'cli'],
    env: { CRASH_KILLS: '2000', CRASH_FIRST_STARTS: '60' },
  },
};

const widthOf = (table) => Math.max(...Object.keys(table).map((name) => name.length)) + 2;
const listed = (table, nameOf = (name) => name) =>
  Object.entries(table)
    .map(([name, { about }]) => `  ${nameOf(name).padEnd(widthOf(table) + 14)}${about}`)
    .join('\n');
const HELP = `${listed(TIERS, (name) => TIERS[name].command ?? `npm run test:${name}`)}

  npm run test:all -- --only <part>   one part of the long forms by itself:
${listed(PARTS)}

Other arguments go to vitest, such as a part of a file's name.
`;

const end = (text, code) => {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
};

const chosenTier = (/** @type {string[]} */ [name = '', ...args]) => {
  if (args.includes('--help')) end(HELP, 0);
  const tier = TIERS[name] ?? end(`There is no tier "${name}".\n${HELP}`, 2);
  if (name !== 'all') return { tier, args };
  const at = args.indexOf('--only');
  if (at === -1) return { tier: { ...tier, env: Object.assign({}, ...Object.values(PARTS).map(({ env }) => env)) }, args };
  const [, part] = args.splice(at, 2);
  return { tier: Object.hasOwn(PARTS, part ?? '') ? PARTS[part] : end(`--only takes ${Object.keys(PARTS).join(', ')}, not "${part ?? ''}".\n`, 2), args };
};

const { tier, args } = chosenTier(process.argv.slice(2));
requireNode();
await ensureInstalled('all');
// The end-to-end suites start the built apps, as an operator would.
await ensureBuilt(tier.apps);
if (tier.servers) await ensureServers();
const folder = suitesFolder();
// The crash suites need the disk: where a commit takes no time, no kill hits it.
// Starting a shared stack pays when many suites run, but not when the arguments name a file.
const sharesStack = tier.servers && tier.files === undefined && args.every((arg) => arg.startsWith('-'));
const env = {
  ...tier.env,
  ...(sharesStack ? { SHARED_STACK: '1' } : {}),
  ...process.env,
  ...(folder === null ? {} : { TMPDIR: folder, SUITES_DISK: tmpdir() }),
};
const vitestArgs = ['run', ...tier.projects.flatMap((project) => ['--project', project]), ...(tier.files ?? []), ...args];
const suites = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...vitestArgs], { cwd: root, stdio: 'inherit', env });
// A terminal's Ctrl+C reaches the suites too, and a second one would keep them from cleaning up.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => suites.kill('SIGTERM'));
suites.once('exit', (code) => {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
