import type { Plugin } from 'rolldown';

/** `file` is a path from the top of the repository, and has `find` exactly once. */
export type SourceEdits = readonly { readonly file: string; readonly find: string; readonly replace: string }[];

/** `plugin` bundles the edited text, and fails the build where an edit does not apply. `requireUse` throws when no bundle has loaded the file of an edit. */
export declare const sourceEdits: (edits: SourceEdits) => { readonly plugin: Plugin; readonly requireUse: () => void };
