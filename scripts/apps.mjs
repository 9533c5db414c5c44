// What is built. Apart from the build, so that a start with nothing to build does not load the bundler.

/**
 * `threads`: programs that the app runs on threads of its own, by name; each becomes `<name>.js` beside the app.
 *
 * @typedef {{ readonly entry: string, readonly servesReference?: boolean, readonly threads?: Readonly<Record<string, string>> }} App
 */

const HASH_PASSWORDS = { 'hash-passwords': 'apps/directory/src/passwords/hash-passwords.thread.ts' };

/** @type {Readonly<Record<string, App>>} */
export const APPS = {
  gateway: { entry: 'apps/gateway/src/main.ts', servesReference: true },
  directory: { entry: 'apps/directory/src/main.ts', threads: HASH_PASSWORDS },
  keys: { entry: 'apps/keys/src/main.ts' },
  validation: { entry: 'apps/validation/src/main.ts' },
  standalone: { entry: 'apps/standalone/src/main.ts', servesReference: true, threads: HASH_PASSWORDS },
  cli: { entry: 'apps/cli/src/main.ts', threads: HASH_PASSWORDS },
  stack: { entry: 'tools/stack/src/main.ts' },
  'stack-install': { entry: 'tools/stack/src/install.ts' },
  'create-secrets': { entry: 'tools/stack/src/create-secrets.ts' },
};

/** Every thread of every app. */
export const THREADS = Object.assign({}, ...Object.values(APPS).map(({ threads = {} }) => threads));
