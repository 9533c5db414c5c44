import type { Mutant } from '@test/fence/mutants.mjs';

/** Throws unless the name, or the beginning of one, is that of one mutant. */
export declare const mutantCalled: (name: string) => Mutant;
/** `distDir`: what was built of the sources as they are. Returns the folder that takes its place; `remove` deletes it. */
export declare const buildSpoiled: (mutant: Mutant, distDir: string) => { readonly distDir: string; readonly remove: () => void };
