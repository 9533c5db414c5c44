// Builds each app as one file with a source map: `dist/<app>/main.js`, with its license texts and the files that it serves beside it.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown, watch } from 'rolldown';
import { APPS, THREADS } from './apps.mjs';
import { writeLicenses } from './bundled-licenses.mjs';
import { copyReference } from './copy-reference.mjs';

const root = join(import.meta.dirname, '..');

/** Native code stays in node_modules: it is loaded by its own path. */
export const NATIVE_PACKAGES = ['libsql', '@node-rs/argon2'];

/** Optional peers: Nest and the MongoDB driver load them only where they are installed. Any other package that does not resolve fails the build. */
const OPTIONAL_PEERS = [
  '@nestjs/websockets',
  '@nestjs/platform-express',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  'mqtt',
  'kafkajs',
  'amqplib',
  'amqp-connection-manager',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  '@mongodb-js/zstd',
  '@aws-sdk/credential-providers',
  'gcp-metadata',
  'snappy',
  'socks',
  'kerberos',
  'mongodb-client-encryption',
];

const isOneOf = (packages) => (id) => packages.some((name) => id === name || id.startsWith(`${name}/`));
const isExternal = isOneOf([...NATIVE_PACKAGES, ...OPTIONAL_PEERS]);

// A module of ours does nothing when it is loaded, except an entry. So an app leaves out what it does not use, such as the gateway the MongoDB driver.
const hasSideEffects = (id) => !/\/(?:apps|libs|tools)\/.*\/src\//.test(id) || /\/(?:main|install|create-secrets|[a-z-]+\.thread)\.ts$/.test(id);

const refuseWarnings = (level, log) => {
  if (level === 'warn') throw new Error(`The build warns, and must not: ${log.message}`);
};

const appCalled = (name) => {
  const app = APPS[name];
  if (app === undefined) throw new Error(`There is no app ${name}. The apps are ${Object.keys(APPS).join(', ')}.`);
  return app;
};

/** @returns {import('rolldown').InputOptions} */
const inputOptions = (entry, plugins = []) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    input: join(root, entry),
    cwd: root,
    platform: 'node',
    tsconfig: join(root, 'tsconfig.json'),
    external: isExternal,
    plugins,
    onLog: refuseWarnings,
    treeshake: { moduleSideEffects: hasSideEffects },
    transform: { define: { KEYFENCE_VERSION: JSON.stringify(version) } },
  };
};

// Nest logs the names of classes, so those that share one keep it. Without sources inside, the map costs a start half as much.
/** @returns {import('rolldown').OutputOptions} */
const outputOptions = (file) => ({
  file,
  format: 'esm',
  codeSplitting: false,
  sourcemap: true,
  sourcemapExcludeSources: true,
  keepNames: true,
});

const emptyFolder = (outDir, name) => {
  const folder = join(outDir, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
};

const bundle = async (name, outDir, plugins) => {
  const app = appCalled(name);
  const folder = emptyFolder(outDir, name);
  const modules = [...(await bundleFile(app.entry, join(folder, 'main.js'), plugins)), ...(await bundleThreads(app.threads ?? {}, folder, plugins))];
  writeLicenses(folder, modules);
  if (app.servesReference === true) copyReference(join(folder, 'reference'));
};

/** Resolves with the paths of what is in the file. */
const bundleFile = async (entry, file, plugins = []) => {
  const bundled = await rolldown(inputOptions(entry, plugins));
  try {
    const {
      output: [main],
    } = await bundled.write(outputOptions(file));
    return Object.keys(main.modules);
  } finally {
    await bundled.close();
  }
};

/** Each thread as `<name>.js` in the folder, by default all that there are: code that runs from its sources, as tests do, has them there. */
export const bundleThreads = async (threads = THREADS, folder, plugins = []) => {
  const modules = [];
  for (const [name, entry] of Object.entries(threads)) modules.push(...(await bundleFile(entry, join(folder, `${name}.js`), plugins)));
  return modules;
};

/**
 * Throws on a warning, and when a source does not compile. Types are checked apart from it (`npm run typecheck`).
 *
 * @param {{ outDir: string, apps?: readonly string[], plugins?: readonly import('rolldown').Plugin[] }} options
 */
export const bundleApps = async ({ outDir, apps = Object.keys(APPS), plugins = [] }) => {
  for (const name of apps) await bundle(name, outDir, plugins);
};

/**
 * Bundles an app now and whenever one of its sources changes. Calls `built` after each good build and `failed` with the error of each other one.
 *
 * @param {string} name
 * @param {string} outDir
 * @param {{ built: () => void, failed: (error: Error) => void }} told
 */
export const watchApp = (name, outDir, { built, failed }) => {
  const app = appCalled(name);
  const folder = emptyFolder(outDir, name);
  if (app.servesReference === true) copyReference(join(folder, 'reference'));
  const threads = bundleThreads(app.threads ?? {}, folder).catch(failed);
  const watcher = watch({ ...inputOptions(app.entry), output: outputOptions(join(folder, 'main.js')) });
  watcher.on('event', async (event) => {
    if (event.code === 'ERROR') failed(event.error);
    if (event.code === 'BUNDLE_END') void threads.then(built);
    if ('result' in event) await event.result.close();
  });
  return watcher;
};
