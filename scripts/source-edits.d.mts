import type { Plugin } from 'rolldown';

/** `file` is a path from the top of the repository, and has `find` exactly once. */
export type SourceEdits = readonly { readonly file: string; readonly find: string; readonly replace: string }[];

/** A rolldown plugin that bundles the edited text. Ends the build where an edit does not apply, or has no effect. */
export declare const sourceEdits: (edits: SourceEdits) => Plugin;
