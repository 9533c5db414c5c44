import type { SourceEdits } from './source-edits.mjs';

export interface EditedBuild {
  /** Takes the place of `dist` for the apps that were built. */
  readonly distDir: string;
  readonly remove: () => void;
}

/** Apps with edits in copies of their sources. Rejects when an edit does not apply or has no effect. */
export declare const buildEdited: (edits: SourceEdits, apps: readonly string[]) => Promise<EditedBuild>;
