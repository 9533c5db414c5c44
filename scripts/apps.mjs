// What is built. Apart from the build, so that a start with nothing to build does not load the bundler.

/** @typedef {{ readonly entry: string, readonly servesReference?: boolean }} App */

/** @type {Readonly<Record<string, App>>} */
export const APPS = {
  gateway: { entry: 'apps/gateway/src/main.ts', servesReference: true },
  directory: { entry: 'apps/directory/src/main.ts' },
  keys: { entry: 'apps/keys/src/main.ts' },
  validation: { entry: 'apps/validation/src/main.ts' },
  standalone: { entry: 'apps/standalone/src/main.ts', servesReference: true },
  cli: { entry: 'apps/cli/src/main.ts' },
  stack: { entry: 'tools/stack/src/main.ts' },
  'stack-install': { entry: 'tools/stack/src/install.ts' },
  'create-secrets': { entry: 'tools/stack/src/create-secrets.ts' },
};
