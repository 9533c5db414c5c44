import { fileURLToPath } from 'node:url';

/** Put in where code runs that is not one of the built apps: the folder with the threads, as tests have it. */
declare const KEYFENCE_THREADS: string | undefined;

/** The built file of a thread. It is beside the app's own file; `name` as in scripts/apps.mjs. */
export const threadFile = (name: string): string =>
  typeof KEYFENCE_THREADS === 'undefined' ? fileURLToPath(new URL(`./${name}.js`, import.meta.url)) : `${KEYFENCE_THREADS}/${name}.js`;
