/** Inserted by the build, from package.json. */
declare const KEYFENCE_VERSION: string | undefined;

/** The product's version; code that was not built has no version. */
export const productVersion = (): string => (typeof KEYFENCE_VERSION === 'undefined' ? 'unbuilt' : KEYFENCE_VERSION);
